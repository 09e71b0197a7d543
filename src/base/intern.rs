//! Text kept once: identifiers become dense numbers.

use std::collections::HashMap;
use std::sync::Arc;

/// The number of an interned text, dense from 0 in order of first appearance. Never an order of results.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Symbol(pub u32);

/// A pool of distinct texts.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Symbol>,
}

impl Interner {
    /// The number of `text`, new where it was not seen.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(s) = self.numbers.get(text) {
            return *s;
        }
        let symbol = Symbol(self.texts.len() as u32);
        let text: Arc<str> = Arc::from(text);
        self.texts.push(text.clone());
        self.numbers.insert(text, symbol);
        symbol
    }

    pub fn get(&self, text: &str) -> Option<Symbol> {
        self.numbers.get(text).copied()
    }

    /// The text behind a number of this pool; a number of another pool gives an empty text.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", |t| t)
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Symbol, &str)> {
        self.texts.iter().enumerate().map(|(i, t)| (Symbol(i as u32), &**t))
    }
}
