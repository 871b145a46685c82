//! SQLite's side: C function pointers that hand every call to the disk. The one file with unsafe code; it
//! translates and must never decide anything.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ops::Range;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering, fence};
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use rusqlite::ffi;

use crate::content::SECTOR;
use crate::disk::Disk;
use crate::fault::{Fault, Step};
use crate::locks::Level;
use crate::open::Open;
use crate::shared::{Mode, SLOTS};

/// How many times as fast as real time simulated time passes for who waits.
const HASTE: u64 = 16;

/// The longest name of a file.
const LONGEST_NAME: usize = 512;

/// A disk put under SQLite. When it is dropped, no new connection finds the disk.
#[derive(Debug)]
pub struct Vfs {
    name: String,
    functions: AtomicPtr<ffi::sqlite3_vfs>,
    mount: &'static Mount,
}

/// Where the functions of a VFS find the disk. A connection may outlive the [`Vfs`], so this and the functions
/// are never given back; the disk, which is the heavy part, is.
type Mount = RwLock<Option<Disk>>;

impl Disk {
    /// Puts the disk under SQLite by a name that begins with this one and that no other VFS has.
    ///
    /// # Panics
    /// If the name has a zero byte, or SQLite does not start.
    pub fn register(&self, name: &str) -> Vfs {
        static REGISTERED: AtomicU64 = AtomicU64::new(0);
        let name = format!("{name}-{}", REGISTERED.fetch_add(1, Ordering::Relaxed));
        let mount: &Mount = Box::leak(Box::new(RwLock::new(Some(self.clone()))));
        let functions = Box::into_raw(Box::new(functions(&name, mount)));
        // SAFETY: the struct and all it points to live for ever, and its functions are those of this file.
        let code = unsafe { ffi::sqlite3_vfs_register(functions, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes a VFS");
        Vfs { name, functions: AtomicPtr::new(functions), mount }
    }
}

impl Vfs {
    /// The name to open connections by.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Vfs {
    fn drop(&mut self) {
        // SAFETY: it was registered by `register`, and the struct lives for ever.
        unsafe { ffi::sqlite3_vfs_unregister(*self.functions.get_mut()) };
        *self.mount.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The functions of a VFS; extensions are not loaded from a simulated disk, nor errors of a system told.
fn functions(name: &str, mount: &'static Mount) -> ffi::sqlite3_vfs {
    let name = CString::new(name).expect("a name without zero bytes");
    ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<File>() as c_int,
        mxPathname: LONGEST_NAME as c_int,
        pNext: ptr::null_mut(),
        zName: name.into_raw(),
        pAppData: ptr::from_ref(mount).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: None,
        xGetLastError: None,
        xCurrentTimeInt64: Some(current_time),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }
}

/// What SQLite makes room for and passes to every call on a file.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(result: Result<(), Fault>) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(Fault::Dead) => ffi::SQLITE_IOERR,
        Err(Fault::Failed(Step::Write)) => ffi::SQLITE_IOERR_WRITE,
        Err(Fault::Failed(Step::Truncate)) => ffi::SQLITE_IOERR_TRUNCATE,
        Err(Fault::Failed(Step::Sync)) => ffi::SQLITE_IOERR_FSYNC,
        Err(Fault::Failed(Step::Delete)) => ffi::SQLITE_IOERR_DELETE,
        Err(Fault::Failed(Step::Create) | Fault::CannotOpen) => ffi::SQLITE_CANTOPEN,
        Err(Fault::Full) => ffi::SQLITE_FULL,
        Err(Fault::ReadOnly) => ffi::SQLITE_READONLY,
        Err(Fault::Missing) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(Fault::Busy) => ffi::SQLITE_BUSY,
    }
}

/// A length, place or number that SQLite says; it never says a negative one.
fn whole(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or_default()
}

fn level(number: c_int) -> Level {
    match number {
        ffi::SQLITE_LOCK_NONE => Level::None,
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        _ => Level::Exclusive,
    }
}

/// The locks of the shared memory that SQLite means.
fn slots(offset: c_int, count: c_int) -> Range<usize> {
    let first = whole(offset).min(SLOTS);
    first..(first + whole(count)).min(SLOTS)
}

/// The disk of a VFS, unless its [`Vfs`] was dropped.
///
/// # Safety
/// `vfs` must be what SQLite passed to a function of [`functions`].
unsafe fn disk(vfs: *mut ffi::sqlite3_vfs) -> Result<Disk, Fault> {
    // SAFETY: `register` set the pointer to a mount that lives for ever.
    let mount = unsafe { &*(*vfs).pAppData.cast::<Mount>() };
    mount.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Fault::Dead)
}

/// The open file behind a pointer.
///
/// # Safety
/// `file` must be what SQLite passed to a function of [`METHODS`] other than after `close`.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a Open {
    // SAFETY: SQLite calls these methods only on files that `open` has opened, until `close`, and `Open` is
    // only ever used by shared references in between.
    unsafe { &*(*file.cast::<File>()).open }
}

/// A name that SQLite passed, if it did.
///
/// # Safety
/// `name` must be null or end with a zero byte, and stay so while it is used.
unsafe fn named<'a>(name: *const c_char) -> Result<Option<&'a str>, Fault> {
    if name.is_null() {
        return Ok(None);
    }
    // SAFETY: not null, and the caller promises the rest.
    unsafe { CStr::from_ptr(name) }.to_str().map(Some).map_err(|_| Fault::CannotOpen)
}

/// Puts an answer where SQLite wants it.
///
/// # Safety
/// `into` must point to room for a `T`.
unsafe fn answer<T>(into: *mut T, result: Result<T, Fault>) -> c_int {
    code(result.map(|value| {
        // SAFETY: the caller promises room for a `T`.
        unsafe { into.write(value) }
    }))
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<File>();
    // SAFETY: SQLite made room for a `File`, whose size stands in the VFS. Without methods it is not closed.
    unsafe { file.write(File { base: ffi::sqlite3_file { pMethods: ptr::null() }, open: ptr::null_mut() }) };
    // SAFETY: both pointers are SQLite's own, as `disk` and `named` want them.
    let (disk, name) = unsafe { (disk(vfs), named(name)) };
    let (make, fleeting) = (flags & ffi::SQLITE_OPEN_CREATE != 0, flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0);
    let opened = disk.and_then(|disk| Open::new(&disk, name?, make, fleeting));
    code(opened.map(|opened| {
        let opened = Box::into_raw(Box::new(opened));
        // SAFETY: as above; `out_flags` is null or has room.
        unsafe {
            file.write(File { base: ffi::sqlite3_file { pMethods: &raw const METHODS }, open: opened });
            out_flags.as_mut().into_iter().for_each(|out| *out = flags);
        }
    }))
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, settled: c_int) -> c_int {
    // SAFETY: both pointers are SQLite's own.
    let (disk, name) = unsafe { (disk(vfs), named(name)) };
    code(disk.and_then(|disk| disk.state().delete(name?.ok_or(Fault::Missing)?, settled != 0)))
}

unsafe extern "C" fn access(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, _flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: both pointers are SQLite's own.
    let (disk, name) = unsafe { (disk(vfs), named(name)) };
    let found = disk.and_then(|disk| disk.state().exists(name?.unwrap_or_default()));
    // SAFETY: SQLite wants one number.
    unsafe { answer(out, found.map(c_int::from)) }
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a name that ends.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if bytes.len() > whole(room) {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: there is room for `room` bytes, and the name lies elsewhere.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), out.cast(), bytes.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(vfs: *mut ffi::sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite's own VFS, and room for `count` bytes.
    let (disk, bytes) = unsafe { (disk(vfs), slice::from_raw_parts_mut(out.cast::<u8>(), whole(count))) };
    bytes.fill(0);
    disk.map_or(0, |disk| {
        disk.state().noise(bytes);
        count
    })
}

unsafe extern "C" fn sleep(vfs: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    // SAFETY: SQLite's own VFS.
    if let Ok(disk) = unsafe { disk(vfs) } {
        disk.state().wait(microseconds.into());
    }
    // Whoever is waited for may be another thread, which needs real time to come round.
    thread::sleep(Duration::from_micros(whole(microseconds) as u64 / HASTE));
    microseconds
}

unsafe extern "C" fn current_time(vfs: *mut ffi::sqlite3_vfs, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite's own VFS and room for one number.
    unsafe { answer(out, disk(vfs).map(|disk| disk.state().wait(0))) }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `open` boxed it, and SQLite closes a file once and uses it no more.
    drop(unsafe { Box::from_raw((*file.cast::<File>()).open) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file, and room for `count` bytes which may not be set yet, so zeros come first.
    let (file, into) = unsafe {
        into.cast::<u8>().write_bytes(0, whole(count));
        (opened(file), slice::from_raw_parts_mut(into.cast::<u8>(), whole(count)))
    };
    match file.read(whole(at), into) {
        Ok(length) if length < into.len() => ffi::SQLITE_IOERR_SHORT_READ,
        other => code(other.map(drop)),
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file, and `count` bytes that are set.
    let (file, from) = unsafe { (opened(file), slice::from_raw_parts(from.cast::<u8>(), whole(count))) };
    code(file.write(whole(at), from))
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.truncate(whole(length)))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.sync())
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file, and room for one number.
    unsafe { answer(out, opened(file).size().map(|size| size as ffi::sqlite3_int64)) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.lock(level(wanted)))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, to: c_int) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.unlock(level(to)))
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file, and room for one number.
    unsafe { answer(out, opened(file).is_reserved().map(c_int::from)) }
}

unsafe extern "C" fn file_control(_file: *mut ffi::sqlite3_file, _what: c_int, _with: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    SECTOR as c_int
}

/// The disk promises nothing, so that SQLite has to be careful.
unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    number: c_int,
    bytes: c_int,
    make: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let region = unsafe { opened(file) }.map(whole(number), whole(bytes), make != 0);
    // The file keeps the region until `shm_unmap`, and atomics may be written to by whoever shares them.
    let pointer = region.map(|region| region.map_or(ptr::null_mut(), |region| region.as_ptr().cast_mut().cast()));
    // SAFETY: room for one pointer.
    unsafe { answer(out, pointer) }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: an open file.
    let file = unsafe { opened(file) };
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        return code(file.unlock_shared(slots(offset, count)));
    }
    let mode = if flags & ffi::SQLITE_SHM_SHARED != 0 { Mode::Shared } else { Mode::Exclusive };
    code(file.lock_shared(slots(offset, count), mode))
}

unsafe extern "C" fn shm_barrier(_file: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: an open file; SQLite gives up its pointers into the memory by this call.
    unsafe { opened(file) }.unmap();
    ffi::SQLITE_OK
}
