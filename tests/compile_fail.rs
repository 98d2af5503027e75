//! What must not compile, and what the compiler says about it: one mistake a file.

#[test]
fn wrong_queries_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*/*.rs");
}
