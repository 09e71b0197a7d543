//! The `onus` command: a thin shell over the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    onus::cli::main()
}
