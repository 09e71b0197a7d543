//! Which nodes trade in circles, and an order in which suppliers come before their buyers.
//!
//! Strongly connected components by R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972) 146-160, with
//! a stack of our own, so that a chain of any length is safe. Tarjan closes a component after all that it reaches, so
//! components come out suppliers first. Inside a component nodes stand in depth-first post-order: a Gauss-Seidel sweep
//! in that order carries a value along all but the back links at once.

/// Strongly connected components, suppliers first. 12 bytes a node at most.
#[derive(Clone, Debug)]
pub struct Components {
    order: Vec<u32>,
    starts: Vec<u32>,
    of_node: Vec<u32>,
}

const OPEN: u32 = u32::MAX;

impl Components {
    /// The components of the graph in which node n leads to `suppliers(n)`. O(N + M), never recursive.
    pub fn of<'a>(nodes: usize, suppliers: impl Fn(usize) -> &'a [u32]) -> Self {
        let mut of_node = vec![OPEN; nodes];
        // 0: not found yet; else 1 + the rank of discovery.
        let mut found = vec![0u32; nodes];
        let mut low = vec![0u32; nodes];
        let mut cursor = vec![0u32; nodes];
        let (mut path, mut open, mut finished) = (Vec::new(), Vec::new(), Vec::with_capacity(nodes));
        let (mut clock, mut count) = (0u32, 0u32);
        for root in 0..nodes {
            if found[root] != 0 {
                continue;
            }
            path.push(root);
            while let Some(&n) = path.last() {
                if found[n] == 0 {
                    clock += 1;
                    found[n] = clock;
                    low[n] = clock;
                    open.push(n);
                }
                let row = suppliers(n);
                let mut deeper = None;
                while let Some(s) = row.get(cursor[n] as usize).map(|s| *s as usize) {
                    if found[s] == 0 {
                        deeper = Some(s);
                        break;
                    }
                    // A supplier just returned from has its final `low`; one found before counts by its rank, while open.
                    if of_node[s] == OPEN {
                        low[n] = low[n].min(low[s]).min(found[s]);
                    }
                    cursor[n] += 1;
                }
                if let Some(s) = deeper {
                    path.push(s);
                    continue;
                }
                path.pop();
                finished.push(n as u32);
                if low[n] == found[n] {
                    while let Some(m) = open.pop() {
                        of_node[m] = count;
                        if m == n {
                            break;
                        }
                    }
                    count += 1;
                }
            }
        }
        drop((found, low, cursor, path, open));
        let mut starts = vec![0u32; count as usize + 1];
        for c in &of_node {
            starts[*c as usize + 1] += 1;
        }
        for c in 0..count as usize {
            starts[c + 1] += starts[c];
        }
        let mut next = starts.clone();
        let mut order = vec![0u32; nodes];
        for n in finished {
            let slot = &mut next[of_node[n as usize] as usize];
            order[*slot as usize] = n;
            *slot += 1;
        }
        Components { order, starts, of_node }
    }

    /// How many components there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The component that holds a node.
    #[inline]
    pub fn of_node(&self, node: usize) -> u32 {
        self.of_node.get(node).copied().unwrap_or(OPEN)
    }

    /// The nodes of component c in depth-first post-order.
    #[inline]
    pub fn members(&self, c: usize) -> &[u32] {
        match (self.starts.get(c), self.starts.get(c + 1)) {
            (Some(from), Some(to)) => &self.order[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// All components, suppliers first; reversed, buyers first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u32]> {
        (0..self.len()).map(|c| self.members(c))
    }

    /// All nodes: every supplier before its buyer, unless both trade in one circle.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The size of the largest component.
    pub fn largest(&self) -> usize {
        self.iter().map(<[u32]>::len).max().unwrap_or(0)
    }
}
