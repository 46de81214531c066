//! The binary as people use it: every `console` block of `sim/tests/cli/` is typed, and prints what stands there.

#[test]
fn the_binary_prints_what_its_examples_say() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .case("tests/cli/*.md");
}
