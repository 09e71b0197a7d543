//! The method as data: norms' signs, sources, strengths, couplings, prior parameters, kinds, audit schemes, channels.
//!
//! Every number has a source and a standing and can be overridden. `src/pack/packs/**.toml` is embedded; `--pack DIR` overlays by id.
//! This room says what the method is; it looks at no data.

pub mod lint;
mod lint_responses;
mod lint_signs;
pub mod lists;
pub mod load;
pub mod model;
pub mod text;
pub mod vary;
pub mod written;

pub use lint::Problem;
pub use model::{
    ChannelParameters, ChannelTrust, Citation, DelphiDimension, DelphiPlace, Grade, IntegrityEffect, KindDefaults, Layer, MethodPack,
    Phase, PriorParameters, Scheme, Sign, SignIx, SourceClass, SourceIx, Standing, Strength, SurveyDimension, SurveyPlace, SurveyRole,
    TraceParameters, is_about_children,
};
pub use text::{Circumstance, Reached, ResponseText};
pub use vary::ExpertDefault;
pub use written::{Change, changes, rows};
