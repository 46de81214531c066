//! Files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process;

/// Temporary names that are tried.
const NAMES_MAX: u32 = 10_000;

/// Writes a file under another name, makes sure that it is on the disk, and renames it. Whoever reads, and whoever
/// writes the same at the same time, never sees half of it.
pub(super) fn write_atomically(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let (file, temporary) = create(folder, name)?;
    let mut out = BufWriter::new(file);
    let written = fill(&mut out)
        .and_then(|()| out.flush())
        .and_then(|()| out.get_ref().sync_all())
        .and_then(|()| fs::rename(&temporary, folder.join(name)));
    if written.is_err() {
        // It is of no use to anybody; whether it can be removed does not matter.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    // Where folders can be synchronised, so that the name survives as well.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Writes a text to the file called `path`, whose folder is made if there is none.
pub(super) fn write_text(path: &str, text: &str) -> io::Result<()> {
    // What is no file, such as /dev/stdout, must not be replaced by one.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::write(path, text);
    }
    let (folder, name) = parted(path)?;
    fs::create_dir_all(folder)?;
    write_atomically(folder, name, |out| out.write_all(text.as_bytes()))
}

/// The folder of a file, and its name there.
pub(super) fn parted(path: &str) -> io::Result<(&Path, &str)> {
    let path = Path::new(path);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| io::Error::other("it is no name of a file"))?;
    Ok((folder.unwrap_or_else(|| Path::new(".")), name))
}

/// A file that nobody else writes: other processes, also of other machines, have other names.
fn create(folder: &Path, name: &str) -> io::Result<(File, std::path::PathBuf)> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..NAMES_MAX {
        let temporary = folder.join(format!(".{name}.{}.{number}.part", process::id()));
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Ok(file) => return Ok((file, temporary)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}
