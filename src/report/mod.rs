//! `onus report`: a result folder as one HTML file that needs no network, in the words of a compliance officer.
//!
//! The first screen says which company, what period, how much of what it buys was touched, unseen or clear and how sure that is, what changed,
//! and what to do first. Then where it comes from, the register, each node's page, severity beside likelihood, the map, choke points and people,
//! who could have heard, what nobody knows, every number of the method with its standing, and how to check all this. The room computes no
//! figure of the model: it shows what the tables of the result say, and asks `pipeline::chains` for the chains.
//!
//! One file, `default-src 'none'`, one own script below 30 kB, and everything but the pages of minor nodes readable without it. The same result gives
//! the same bytes.

pub mod charts;
pub mod facts;
pub mod geography;
pub mod html;
pub mod messages;
pub mod method_texts;
pub mod numbers;
pub mod page;
pub mod sections;
pub mod select;
pub mod translations;
pub mod write;

pub use messages::Language;
pub use sections::changes::{Changes, CompanyChange, HappenedAt, Move, NodeMoved, PartMove};
pub use write::{Options, Written, may_replace, render, write_report};
