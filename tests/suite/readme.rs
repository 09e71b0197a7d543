//! What README shows is what the program prints.

use assert_cmd::Command;
use clap::CommandFactory;
use std::path::Path;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn the_first_screen_in_the_readme_is_the_one_that_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/first-run");
    let run = Command::cargo_bin("onus").unwrap().arg("assess").arg(sample).arg("-o").arg(&out).arg("--quiet").assert().success();
    let printed = String::from_utf8(run.get_output().stdout.clone()).unwrap().replace(&out.display().to_string(), "out");
    let text = readme();
    let shown = text.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(shown, printed, "README.md shows another first screen than the program prints");
}

#[test]
fn every_command_and_exit_code_stands_in_the_readme() {
    let text = readme();
    for command in onus::cli::args::Cli::command().get_subcommands() {
        assert!(text.contains(&format!("`onus {}", command.get_name())), "README.md lacks onus {}", command.get_name());
    }
    let codes = onus::cli::args::EXIT_CODES.lines().skip(1).map(|l| l.trim().chars().next().unwrap());
    let sentence = text.split("Exit codes:").nth(1).unwrap().split("\n\n").next().unwrap();
    for code in codes {
        assert!(sentence.contains(code), "README.md lacks exit code {code}");
    }
}

#[test]
fn every_result_file_stands_in_the_readme() {
    let text = readme();
    for table in onus::schema::outputs::tables() {
        assert!(text.contains(&format!("`{}`", table.file)), "README.md lacks {}", table.file);
    }
}
