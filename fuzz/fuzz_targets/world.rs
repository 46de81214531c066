//! See [`grantlab_fuzz::world`]. Inputs are courses, and mutants of courses are courses.
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(world);

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let course = grantlab_fuzz::mutant(data.get(..size).unwrap_or_default(), seed);
    grantlab_fuzz::put(&course, data.get_mut(..max_size).unwrap_or_default())
});

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
    grantlab_fuzz::put(&grantlab_fuzz::crossed(one, other, seed), out)
});
