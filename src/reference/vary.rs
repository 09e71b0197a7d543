//! The numbers of the reference layer that no publication fixes, and the layer with some of them changed.

use super::Reference;

/// Standing of a number that no publication fixes.
const EXPERT_DEFAULT: &str = "expert default";

/// One number of `parameters.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceDefault {
    pub parameter: String,
    pub value: f64,
    pub unit: String,
    pub note: String,
    pub source: String,
}

impl Reference {
    /// Every number of `parameters.csv` whose standing is expert default, in the order of the table.
    pub fn expert_defaults(&self) -> Vec<ReferenceDefault> {
        self.tables
            .of("parameters.csv")
            .filter(|row| row.text("standing") == EXPERT_DEFAULT)
            .filter_map(|row| {
                let parameter = row.text("parameter").to_owned();
                let value = self.rates.parameter_if_any(&parameter)?;
                Some(ReferenceDefault {
                    value,
                    unit: row.text("unit").to_owned(),
                    note: row.text("note").to_owned(),
                    source: row.text("source").to_owned(),
                    parameter,
                })
            })
            .collect()
    }

    /// This layer with other numbers: `numbers[i]` in place of the i-th of [`expert_defaults`](Self::expert_defaults).
    pub fn with_numbers(&self, numbers: &[Option<f64>]) -> Self {
        let mut other = self.clone();
        for (default, number) in self.expert_defaults().into_iter().zip(numbers) {
            if let Some(number) = number {
                other.rates.set_parameter(default.parameter, *number);
            }
        }
        other
    }
}
