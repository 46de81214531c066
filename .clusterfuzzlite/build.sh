#!/usr/bin/env bash
# Builds every fuzz target into $OUT, with its corpus as NAME_seed_corpus.zip and its dictionary as NAME.dict.
#
# ClusterFuzzLite and OSS-Fuzz run it in their image, where OUT and SANITIZER are set. By hand, without Docker:
#   OUT="$(mktemp -d)" SANITIZER=address .clusterfuzzlite/build.sh
# It needs cargo-fuzz, and a nightly toolchain unless SANITIZER is none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." 2>/dev/null
[[ -e Cargo.toml && -e fuzz/Cargo.toml ]] || cd "${SRC:?}/grantlab" # the image copies this file beside the repository

: "${OUT:?}"
sanitizer="${SANITIZER:-address}"
toolchain=""
if [[ "$sanitizer" != none ]]; then
  # The image's own nightly may be older than the rust-version of the workspace.
  wanted="$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)"
  found="$(rustc +nightly --version 2>/dev/null | sed 's/rustc \([0-9.]*\).*/\1/')"
  if [[ -z "$found" || "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" != "$wanted" ]]; then
    rustup toolchain install nightly --profile minimal
  fi
  toolchain="+nightly"
fi
# For coverage the image sets RUSTFLAGS itself, and no sanitizer goes with it.
[[ "$sanitizer" == coverage ]] && sanitizer=none
# shellcheck disable=SC2086
cargo $toolchain fuzz build --release --debug-assertions --sanitizer "$sanitizer"

host="$(rustc -vV | sed -n 's/^host: //p')"
for source in fuzz/fuzz_targets/*.rs; do
  name="$(basename "$source" .rs)"
  cp "${CARGO_TARGET_DIR:-target}/$host/release/$name" "$OUT/"
  if [[ -e "fuzz/dictionaries/$name.dict" ]]; then cp "fuzz/dictionaries/$name.dict" "$OUT/"; fi
  rm -f "$OUT/${name}_seed_corpus.zip"
  (cd "fuzz/corpus/$name" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
done
