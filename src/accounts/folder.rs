//! The folder of accounts on disk: nothing in it is followed, a file is there whole or not at all, one program writes.

use anyhow::{Context as _, Result, bail, ensure};
use rustix::fs::{self, AtFlags, CWD, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program waits for another one that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most entries that a list looks at.
const MOST_ENTRIES: usize = 20_000;

/// A folder that may not exist yet.
pub(super) struct Folder {
    path: PathBuf,
}

/// The folder, opened; what is done with it is done here, also when somebody puts another one in its place.
///
/// Names are those of the caller: checked ones, or fixed ones that begin with a dot.
pub(super) struct Shelf {
    folder: OwnedFd,
}

impl Folder {
    pub(super) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Opens the folder for reading; makes it where it is missing.
    pub(super) fn open(&self) -> Result<Shelf> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let open = || fs::openat(CWD, &self.path, flags, Mode::empty());
        let opened = match open() {
            Err(Errno::NOENT) => {
                self.make()?;
                open()
            }
            opened => opened,
        };
        let folder = opened.with_context(|| format!("open the folder {}", self.path.display()))?;
        Ok(Shelf { folder })
    }

    /// Opens the folder and keeps every other program and thread from writing until the shelf is dropped.
    pub(super) fn lock(&self) -> Result<Shelf> {
        let shelf = self.open()?;
        let end = Instant::now() + PATIENCE;
        loop {
            match fs::flock(&shelf.folder, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(shelf),
                Err(Errno::WOULDBLOCK | Errno::INTR) if Instant::now() < end => thread::sleep(Duration::from_millis(2)),
                Err(Errno::WOULDBLOCK) => bail!("lock the folder {}: another program holds it", self.path.display()),
                Err(error) => bail!("lock the folder {}: {error}", self.path.display()),
            }
        }
    }

    /// Makes the folder, and the one above it: before the service's first start neither is there. Each gets the owner
    /// of the one above it; systemd gives the upper one, with all that is in it, to the service when it starts.
    fn make(&self) -> Result<()> {
        let made = self.path.parent().map_or(Ok(()), make_one).and_then(|()| make_one(&self.path));
        made.with_context(|| format!("make the folder {}", self.path.display()))
    }
}

fn make_one(path: &Path) -> Result<()> {
    match fs::mkdirat(CWD, path, Mode::RWXU) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) else { return Ok(()) };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let above = fs::openat(CWD, above, flags, Mode::empty())?;
    let made = fs::openat(CWD, path, flags | OFlags::NOFOLLOW, Mode::empty())?;
    give_to_owner_of(&above, &made)
}

/// Gives what root has made to whom the folder belongs.
fn give_to_owner_of(folder: &OwnedFd, made: &OwnedFd) -> Result<()> {
    let (folder, now) = (fs::fstat(folder)?, fs::fstat(made)?);
    if (folder.st_uid, folder.st_gid) != (now.st_uid, now.st_gid) {
        let (user, group) = (fs::Uid::from_raw(folder.st_uid), fs::Gid::from_raw(folder.st_gid));
        fs::fchown(made, Some(user), Some(group)).context("give it to the owner of the folder")?;
    }
    Ok(())
}

impl Shelf {
    /// The content of a file of at most so many bytes; nothing where there is none.
    ///
    /// # Errors
    /// When it is no file, but a link or a pipe, or too long, or cannot be read.
    pub(super) fn read(&self, name: &str, longest: usize) -> Result<Option<Vec<u8>>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match fs::openat(&self.folder, name, flags, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => bail!("it is a link"),
            opened => opened.context("open it")?,
        };
        ensure!(FileType::from_raw_mode(fs::fstat(&file)?.st_mode) == FileType::RegularFile, "it is no file");
        let mut bytes = Vec::new();
        File::from(file).take(longest as u64 + 1).read_to_end(&mut bytes).context("read it")?;
        ensure!(bytes.len() <= longest, "it is longer than {longest} bytes");
        Ok(Some(bytes))
    }

    /// Whether there is anything of this name.
    pub(super) fn holds(&self, name: &str) -> Result<bool> {
        match fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error).with_context(|| format!("look at {name}")),
        }
    }

    /// Puts a file in its place, on the disk before this returns.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let fresh = fresh(name);
        let written = self.write_fresh(&fresh, bytes).and_then(|()| {
            fs::renameat(&self.folder, &fresh, &self.folder, name)?;
            Ok(fs::fsync(&self.folder)?)
        });
        if written.is_err() {
            // What is left behind is in nobody's way: the next writer removes it first.
            let _ = fs::unlinkat(&self.folder, &fresh, AtFlags::empty());
        }
        written.with_context(|| format!("write {name}"))
    }

    fn write_fresh(&self, fresh: &str, bytes: &[u8]) -> Result<()> {
        self.unlink(fresh)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = fs::openat(&self.folder, fresh, flags, Mode::RUSR | Mode::WUSR)?;
        give_to_owner_of(&self.folder, &file)?;
        let mut file = File::from(file);
        file.write_all(bytes)?;
        Ok(file.sync_all()?)
    }

    /// Removes a file, and what a loss of power left of its last write; says whether there was one.
    pub(super) fn remove(&self, name: &str) -> Result<bool> {
        let removed = self.unlink(&fresh(name)).and_then(|_| self.unlink(name)).and_then(|there| {
            fs::fsync(&self.folder)?;
            Ok(there)
        });
        removed.with_context(|| format!("remove {name}"))
    }

    fn unlink(&self, name: &str) -> Result<bool> {
        match fs::unlinkat(&self.folder, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The names of all entries that are text, in no order.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.folder).context("list the folder")?.take(MOST_ENTRIES) {
            names.extend(entry.context("list the folder")?.file_name().to_str().ok().map(str::to_owned));
        }
        Ok(names)
    }
}

/// The name of a file until it is whole.
fn fresh(name: &str) -> String {
    format!(".{name}.new")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(&place.path().join("vc4all-door/accounts"));
        (place, folder)
    }

    #[test]
    fn the_folder_and_its_files_are_the_owners_alone() {
        let (_place, folder) = folder();
        folder.lock().unwrap().write("jo.json", b"one").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder.path), mode(folder.path.parent().unwrap())), (0o700, 0o700));
        assert_eq!(mode(&folder.path.join("jo.json")), 0o600);
        assert_eq!(folder.open().unwrap().read("jo.json", 3).unwrap().unwrap(), b"one");
        assert!(folder.open().unwrap().read("jo.json", 2).is_err());
        assert_eq!(folder.open().unwrap().read("noor.json", 2).unwrap(), None);
    }

    #[test]
    fn what_root_writes_belongs_to_the_owner_of_the_folder() {
        let (place, folder) = folder();
        if std::fs::metadata(place.path()).unwrap().uid() != 0 {
            assert!(std::env::var_os("CI").is_none(), "this test needs root");
            return;
        }
        let above = place.path().join("vc4all-door");
        std::fs::create_dir(&above).unwrap();
        std::os::unix::fs::chown(&above, Some(64_321), Some(64_322)).unwrap();
        folder.lock().unwrap().write("jo.json", b"one").unwrap();
        for path in [folder.path.clone(), folder.path.join("jo.json")] {
            let owner = std::fs::metadata(&path).unwrap();
            assert_eq!((owner.uid(), owner.gid()), (64_321, 64_322), "{}", path.display());
        }
    }

    #[test]
    fn links_and_pipes_are_not_followed() {
        let (place, folder) = folder();
        let shelf = folder.lock().unwrap();
        let outside = place.path().join("outside");
        std::fs::write(&outside, "hush").unwrap();
        symlink(&outside, folder.path.join("jo.json")).unwrap();
        symlink(&outside, folder.path.join(".jo.json.new")).unwrap();
        std::fs::create_dir(folder.path.join("dir.json")).unwrap();
        fs::mkfifoat(CWD, folder.path.join("pipe.json"), Mode::RUSR).unwrap();
        for name in ["jo.json", "dir.json", "pipe.json"] {
            assert!(shelf.read(name, 100).is_err(), "{name}");
        }
        shelf.write("jo.json", b"own").unwrap();
        assert_eq!(shelf.read("jo.json", 100).unwrap().unwrap(), b"own");
        assert_eq!(std::fs::read(&outside).unwrap(), b"hush");
        std::fs::write(folder.path.join(".jo.json.new"), "half").unwrap();
        assert!(shelf.remove("jo.json").unwrap() && !shelf.remove("jo.json").unwrap());
        assert!(!folder.path.join(".jo.json.new").exists(), "what a loss of power left goes as well");
        let link = place.path().join("link");
        symlink(&folder.path, &link).unwrap();
        assert!(Folder::at(&link).open().is_err(), "the folder itself may be no link");
    }

    #[test]
    fn one_writer_at_a_time() {
        let (_place, folder) = folder();
        let first = folder.lock().unwrap();
        let moment = Instant::now();
        thread::scope(|scope| {
            let second = scope.spawn(|| {
                let shelf = folder.lock().unwrap();
                assert_eq!(shelf.read("jo.json", 100).unwrap().unwrap(), b"first");
                moment.elapsed()
            });
            thread::sleep(Duration::from_millis(50));
            first.write("jo.json", b"first").unwrap();
            drop(first);
            assert!(second.join().unwrap() >= Duration::from_millis(50));
        });
    }
}
