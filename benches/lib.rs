//! Benchmarks: the files beside this one. Cargo wants a library in a package that has nothing else to build.
