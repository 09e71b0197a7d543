//! What the world says before a site is looked at: countries, sectors, products, base rates, TVPRA goods by stage, ratifications,
//! enforcement. Small cited tables under `src/reference/tables/`, embedded; `--reference DIR` overlays by file name.
//!
//! Every number has source, year and standing. Parameters of the method live in `pack`, not here.
