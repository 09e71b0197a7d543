//! Which foreign column goes to which of ours: the assignment with the highest total, each column used once.
//!
//! The Hungarian method with potentials (Kuhn 1955, Munkres 1957; the form of Jonker and Volgenant 1987), on whole numbers, so that equal
//! totals are settled the same way on every machine.

/// For each row the column it gets, or `None`; `gain[row][column]` at or below 0 is never used.
///
/// Of several assignments with the same total the one found first in the order of rows and columns is taken.
pub fn best(gain: &[Vec<i64>]) -> Vec<Option<usize>> {
    let rows = gain.len();
    let width = gain.iter().map(Vec::len).max().unwrap_or(0);
    // A column of its own for each row that gets none.
    let columns = width + rows;
    let cost = |r: usize, c: usize| -> i64 {
        let gained = gain.get(r).and_then(|g| g.get(c)).copied().unwrap_or(0);
        -gained.max(0)
    };
    let mut row_potential = vec![0i64; rows + 1];
    let mut column_potential = vec![0i64; columns + 1];
    let mut row_of = vec![0usize; columns + 1];
    for row in 1..=rows {
        let mut way = vec![0usize; columns + 1];
        let mut least = vec![i64::MAX; columns + 1];
        let mut done = vec![false; columns + 1];
        row_of[0] = row;
        let mut at = 0;
        loop {
            done[at] = true;
            let r = row_of[at];
            let (mut delta, mut next) = (i64::MAX, 0);
            for c in 1..=columns {
                if done[c] {
                    continue;
                }
                let reduced = cost(r - 1, c - 1) - row_potential[r] - column_potential[c];
                if reduced < least[c] {
                    least[c] = reduced;
                    way[c] = at;
                }
                if least[c] < delta {
                    delta = least[c];
                    next = c;
                }
            }
            for c in 0..=columns {
                if done[c] {
                    row_potential[row_of[c]] += delta;
                    column_potential[c] -= delta;
                } else if least[c] < i64::MAX {
                    least[c] -= delta;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            let from = way[at];
            row_of[at] = row_of[from];
            at = from;
        }
    }
    let mut taken = vec![None; rows];
    for (c, r) in row_of.iter().enumerate().skip(1) {
        let used = *r > 0 && c <= width && cost(r - 1, c - 1) < 0;
        if let (true, Some(slot)) = (used, taken.get_mut(r.wrapping_sub(1))) {
            *slot = Some(c - 1);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_total_stands_before_the_best_single_pair() {
        // 9 + 0 is less than 8 + 7.
        assert_eq!(best(&[vec![9, 8], vec![7, 0]]), [Some(1), Some(0)]);
        assert_eq!(best(&[vec![5, 0, 0], vec![4, 0, 0]]), [Some(0), None]);
        assert_eq!(best(&[vec![0, -3]]), [None]);
        assert_eq!(best(&[]), Vec::<Option<usize>>::new());
        assert_eq!(best(&[vec![], vec![]]), [None, None]);
    }

    #[test]
    fn no_other_assignment_has_a_higher_total() {
        let gain = vec![vec![3, 7, 2, 9], vec![6, 1, 8, 4], vec![5, 5, 5, 9]];
        let total: i64 = best(&gain).iter().enumerate().filter_map(|(r, c)| c.map(|c| gain[r][c])).sum();
        let mut most = 0;
        for a in 0..4 {
            for b in 0..4 {
                for c in 0..4 {
                    if a != b && b != c && a != c {
                        most = most.max(gain[0][a] + gain[1][b] + gain[2][c]);
                    }
                }
            }
        }
        assert_eq!(total, most);
    }
}
