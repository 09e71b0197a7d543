//! Fractions whose range is checked once, where they enter, so that no kernel checks it again.

use super::error::{Error, Result};

macro_rules! unit_interval {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default)]
        pub struct $name(f64);

        impl $name {
            /// Takes a number in [0, 1].
            ///
            /// # Errors
            /// A number outside [0, 1], or not a number.
            pub fn new(value: f64) -> Result<Self> {
                if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(Error::OutOfRange { what: stringify!($name), value }) }
            }
            /// The number, in [0, 1].
            #[inline]
            pub fn get(self) -> f64 {
                self.0
            }
        }
    };
}

unit_interval!(
    /// A part of a whole, 0 to 1.
    Share
);
unit_interval!(
    /// A probability, 0 to 1.
    Probability
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_above_one_is_refused() {
        assert!(Share::new(1.2).is_err());
        assert!(Probability::new(f64::NAN).is_err());
        assert_eq!(Share::new(1.0).map(Share::get).ok(), Some(1.0));
    }
}
