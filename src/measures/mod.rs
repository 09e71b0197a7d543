//! Arithmetic on wages, hours, debts, fees, capacity and remedy: plain numbers in, plain numbers out, each formula with its source and a
//! worked example. Nothing here knows a table, a pack or a node.
