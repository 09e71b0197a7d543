//! Which vertices of a graph are one node: what keeps commodities apart stands in a graph several times ([`super::commodities`]).
//!
//! A node is named by the least of its vertices. Where every vertex is a node of its own, nothing is stored.

/// The node of every vertex.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// The least vertex of the same node, by vertex. Empty: every vertex is a node of its own; likewise any beyond its end.
    first: Vec<u32>,
    /// Nodes of several vertices, each with all of them, by rising numbers.
    several: Vec<(u32, u32)>,
}

impl Places {
    /// From what each vertex stands for: vertices of equal `of` are one node.
    pub fn of<T: Ord + Copy>(of: &[T]) -> Self {
        let mut by_node: Vec<(T, u32)> = of.iter().copied().zip(0..).collect();
        by_node.sort_unstable();
        if by_node.windows(2).all(|pair| matches!(pair, [a, b] if a.0 != b.0)) {
            return Places::default();
        }
        let mut places = Places { first: (0..of.len() as u32).collect(), several: Vec::new() };
        for same in by_node.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            let least = same.first().map_or(0, |(_, v)| *v);
            for (_, v) in same {
                places.several.push((least, *v));
                if let Some(first) = places.first.get_mut(*v as usize) {
                    *first = least;
                }
            }
        }
        places.several.sort_unstable();
        places
    }

    /// Whether every vertex is a node of its own.
    pub fn is_plain(&self) -> bool {
        self.first.is_empty()
    }

    /// The vertex that names the node of a vertex.
    #[inline]
    pub fn node(&self, vertex: u32) -> u32 {
        self.first.get(vertex as usize).copied().unwrap_or(vertex)
    }

    /// Whether a vertex names its node.
    #[inline]
    pub fn names_its_node(&self, vertex: u32) -> bool {
        self.node(vertex) == vertex
    }

    /// The other vertices of the node that a vertex names; none where it is the only one, or names no node.
    pub fn others(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.several.partition_point(|(n, _)| *n < node);
        self.several
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(move |(n, _)| *n == node)
            .map(|(_, v)| *v)
            .filter(move |v| *v != node)
    }

    /// All vertices of the node that a vertex names.
    pub fn vertices(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(node).chain(self.others(node))
    }

    /// Whether the node that a vertex names has others.
    pub fn has_others(&self, node: u32) -> bool {
        self.others(node).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vertices_of_equal_nodes_are_one_and_the_least_names_it() {
        let places = Places::of(&[7, 3, 7, 5, 3, 7]);
        assert_eq!((0..8).map(|v| places.node(v)).collect::<Vec<_>>(), [0, 1, 0, 3, 1, 0, 6, 7]);
        assert_eq!(places.vertices(0).collect::<Vec<_>>(), [0, 2, 5]);
        assert_eq!(places.vertices(3).collect::<Vec<_>>(), [3]);
        assert_eq!(places.vertices(9).collect::<Vec<_>>(), [9]);
        assert!(places.has_others(1) && !places.has_others(3) && !places.has_others(2));
        assert!(Places::of(&[4, 2, 9]).is_plain());
        assert!(Places::of::<u32>(&[]).is_plain());
    }
}
