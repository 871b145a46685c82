//! `gongji serve`: the settlement service over HTTP, on an embedded store, with demo data.

pub(crate) mod agency;
pub(crate) mod clock;
pub(crate) mod console;
pub(crate) mod demo;
pub(crate) mod doors;
mod handout;
pub(crate) mod http;
pub(crate) mod line;
mod paths;
pub(crate) mod problem;
pub(crate) mod rehearsal;
pub(crate) mod sandbox;
mod upload;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use gongji_store::Place;

use crate::calls::write::{Calls, Keeping};
use crate::cli::load;
use crate::cli::store::place;
use crate::his::auth::Guard;
use crate::his::auth::keys::Keys;
use crate::his::directory::Directory;
use crate::his::files::{Files, FolderFiles, MemoryFiles};
use crate::his::{Policies, Service};
use crate::serve::console::{Console, Setting};
use crate::serve::doors::Doors;
use crate::serve::doors::accounts::Accounts;
use crate::serve::line::Line;
use sandbox::trouble::Troubles;

/// The store of a sandbox unless another is named.
pub(crate) const SANDBOX: &str = "gongji-sandbox.db";

/// Serves the national interface's outpatient transactions (定点医药机构接口规范).
///
/// Examples:
///
///   gongji serve
///   gongji serve --listen 127.0.0.1:9000 --store /var/lib/gongji/demo.db
///   gongji serve --listen 0.0.0.0:8080 --keys keys.toml
///   gongji serve --sandbox
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// Address to listen on. One that others can reach is taken only if every institution signs
    /// (对外监听须每个机构都有签名方式，见 --keys).
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// The store: its file, made if it is not there, or postgres://user@host/database. With --sandbox
    /// gongji-sandbox.db unless another is named.
    #[arg(
        long,
        value_name = "DB",
        default_value = "gongji-demo.db",
        default_value_if("sandbox", "true", SANDBOX),
        env = "GONGJI_STORE",
        value_parser = place
    )]
    pub store: Place,
    /// File of keys (密钥文件): who signs how. Without it nobody does, and only this machine is served.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Be a sandbox (沙箱) for makers of hospital and pharmacy software: test members in every state, answers that get
    /// lost on demand, a log of what was sent (gongji sandbox, gongji calls, gongji certify).
    #[arg(long)]
    pub sandbox: bool,
    /// Folder for the call log (报文记录): each message with its fate; bodies only in the sandbox, where it is
    /// <store>.calls unless another is named.
    #[arg(long, value_name = "DIR")]
    pub calls: Option<PathBuf>,
    /// Days after which a file of the call log is removed.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub calls_days: u32,
    /// The catalogue (医保目录): a folder that `gongji catalogue import` made; without it the small
    /// fictitious one that ships.
    #[arg(long, value_name = "DIR")]
    pub catalogue: Option<PathBuf>,
    /// Where uploaded files (9101) are kept; next to the store by default.
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// How many days uploaded files are kept.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub keep_files: u16,
    /// The Chinese font of printed sheets (结算单字体); one that the system has unless it is named.
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
    /// Accounts of the console (账号文件), as `gongji user` writes it. Without it the demo's accounts, whose password
    /// everybody sees, on this machine only.
    #[arg(long, value_name = "FILE")]
    pub users: Option<PathBuf>,
    #[command(flatten)]
    pub policies: load::Policies,
}

/// Runs until the process is told to stop.
///
/// # Errors
/// When the address, the demo data or the store cannot be used.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    log();
    let address = address(&options.listen)?;
    let folders = options.policies.folders()?;
    let policies = Policies::load(&folders).map_err(|fault| anyhow!("政策包有错误：{fault}"))?;
    let policies = Arc::new(policies);
    let directory = directory(options)?;
    let guard = guard(options, &directory, address)?;
    let accounts = accounts(options, address)?;
    let files = kept_files(options)?;
    let furnish = |service: Service| service.with_files(files).guarded(guard);
    let service = opened(options, directory, Arc::clone(&policies), furnish)?;
    let calls = kept_calls(options, &service)?;
    let troubles = options.sandbox.then(Troubles::default);
    let line = Arc::new(Line { service: Arc::clone(&service), calls, troubles });
    let console = Console::new(Setting {
        line: Arc::clone(&line),
        doors: Doors::new(accounts, service.clock(), address.ip().is_loopback()),
        policies,
        packages: options.policies.clone(),
        folders,
        sandbox: options.sandbox,
        calls: calls_folder(options),
        font: options.font.clone(),
    });
    let events = service.store().head().events;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(talking()).enable_all().build();
    let runtime = runtime.context("无法启动运行时")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.with_context(|| format!("无法监听 {address}"))?;
        let bound = listener.local_addr().context("无法取得监听地址")?;
        greet(bound, &options.store, events);
        let app = http::App { line, console: Some(Arc::new(console)) };
        http::serve(listener, app, stopped()).await.context("服务中断")
    })
}

/// How many threads talk with callers: one core stays for the store's own thread, which decides and writes. Where they
/// share it, they only wait for each other.
fn talking() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}

/// Says where the service is, in one piece: whoever started it may read one line and close.
fn greet(bound: SocketAddr, store: &Place, events: u64) {
    let interface = format!("gongji 在 http://{bound}{} 接受请求，结算库 {store}，已有 {events} 件", http::PATH);
    let said = format!("{interface}\n网页控制台与待遇计算器：http://{bound}/\n");
    // A service goes on when nobody reads what it says.
    let _ = std::io::stdout().write_all(said.as_bytes());
}

/// Who is insured, with whom there are agreements, what the catalogue lists.
fn directory(options: &Options) -> anyhow::Result<Directory> {
    let catalogue = options.catalogue.as_deref();
    let directory =
        if options.sandbox { sandbox::members::directory(catalogue) } else { demo::with_catalogue(catalogue) };
    directory.context("无法使用医保目录")
}

/// The service on its store; a sandbox with what its members went through before.
fn opened(
    options: &Options,
    directory: Directory,
    policies: Arc<Policies>,
    furnish: impl FnOnce(Service) -> Service,
) -> anyhow::Result<Arc<Service>> {
    let (place, clock) = (&options.store, Arc::new(clock::ChinaTime));
    let unusable = || format!("无法使用结算库 {place}");
    if !options.sandbox {
        let service = Service::open(place, directory, policies, clock).with_context(unusable)?;
        return Ok(Arc::new(furnish(service)));
    }
    sandbox::check(place)?;
    let mark = sandbox::mark();
    let service = Service::open_marked(place, directory, policies, clock, &mark).with_context(unusable)?;
    let service = Arc::new(furnish(service));
    let otherwise = sandbox::past::play(&service, &sandbox::members::people()?, |done, of| {
        if done == of || done % 4 == 0 {
            eprintln!("沙箱：测试参保人的前史 {done}/{of}");
        }
    })?;
    for difference in otherwise {
        tracing::warn!(difference, "a member's state is not the one described");
    }
    Ok(service)
}

/// Who may sign in. The demo's accounts are for everybody who sits at this machine.
fn accounts(options: &Options, address: SocketAddr) -> anyhow::Result<Accounts> {
    match &options.users {
        None if address.ip().is_loopback() => Accounts::demo(),
        None => Ok(Accounts::default()),
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("无法读取账号文件 {}", file.display()))?;
            Accounts::read(&text).with_context(|| format!("账号文件 {}", file.display()))
        }
    }
}

/// Folder of the call log, if there is to be one.
fn calls_folder(options: &Options) -> Option<PathBuf> {
    let beside = || PathBuf::from(sandbox_calls(&options.store));
    options.calls.clone().or_else(|| options.sandbox.then(beside))
}

/// The call log, if there is to be one.
fn kept_calls(options: &Options, service: &Service) -> anyhow::Result<Option<Calls>> {
    let Some(folder) = calls_folder(options) else { return Ok(None) };
    let unusable = format!("无法使用报文记录 {}", folder.display());
    let keeping = Keeping { folder, bodies: options.sandbox, days: options.calls_days };
    Calls::start(keeping, service.clock()).map(Some).with_context(|| unusable)
}

/// Where a sandbox keeps its call log unless it is told.
pub(crate) fn sandbox_calls(place: &Place) -> String {
    match place {
        Place::File { path, .. } => format!("{}.calls", path.display()),
        _ => format!("{SANDBOX}.calls"),
    }
}

/// Where uploaded files are kept, without those that are too old.
fn kept_files(options: &Options) -> anyhow::Result<Arc<dyn Files>> {
    let folder = match (&options.files, &options.store) {
        (Some(folder), _) => folder.clone(),
        (None, Place::File { path, .. }) => PathBuf::from(format!("{}.files", path.display())),
        (None, Place::Memory) => return Ok(Arc::new(MemoryFiles::default())),
        (None, _) => PathBuf::from("gongji.files"),
    };
    let today = clock::today();
    let kept = FolderFiles::open(&folder, today, options.keep_files);
    Ok(Arc::new(kept.with_context(|| format!("无法使用文件目录 {}", folder.display()))?))
}

/// Events to standard error as JSON lines; `RUST_LOG` chooses which, info and above by default.
fn log() {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Somebody may have set one already; then theirs holds.
    let _ = fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

fn address(listen: &str) -> anyhow::Result<SocketAddr> {
    let named = listen.replacen("localhost:", "127.0.0.1:", 1);
    named.parse().map_err(|_| anyhow!("--listen「{listen}」不是地址：写作 地址:端口，例如 127.0.0.1:8080"))
}

/// Who may speak for whom. Where others can reach the service nobody goes unsigned.
fn guard(options: &Options, directory: &Directory, address: SocketAddr) -> anyhow::Result<Guard> {
    let (listen, local) = (&options.listen, address.ip().is_loopback());
    let Some(file) = &options.keys else {
        if !local {
            bail!(
                "--listen「{listen}」不是本机回环地址：没有 --keys 密钥文件时报文不验签，只能监听 127.0.0.1 或 [::1]，不得对外开放"
            );
        }
        return Ok(Guard::open());
    };
    let text = std::fs::read_to_string(file).with_context(|| format!("无法读取密钥文件 {}", file.display()))?;
    let guard = Keys::read(&text).and_then(|keys| Guard::new(keys, directory, local));
    guard.map_err(|fault| anyhow!("密钥文件 {}：{fault}", file.display()))
}

async fn stopped() {
    let interrupt = async { tokio::signal::ctrl_c().await };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a signal handler the process just ends when it is killed; nothing is lost.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_keys_only_this_machines_own_addresses_are_taken() {
        let directory = demo::directory().unwrap();
        for (listen, taken) in [
            ("127.0.0.1:8080", true),
            ("127.8.9.1:0", true),
            ("[::1]:80", true),
            ("localhost:8080", true),
            ("0.0.0.0:8080", false),
            ("[::]:8080", false),
            ("192.168.1.2:8080", false),
            ("[::ffff:127.0.0.1]:8080", false),
            ("8080", false),
            ("", false),
            ("example.org:80", false),
        ] {
            let policies = load::Policies::default();
            let options = Options {
                listen: listen.to_owned(),
                store: Place::file("x.db"),
                keys: None,
                sandbox: false,
                calls: None,
                calls_days: 30,
                catalogue: None,
                files: None,
                keep_files: 30,
                users: None,
                font: None,
                policies,
            };
            let guard = address(listen).and_then(|address| guard(&options, &directory, address));
            assert_eq!(guard.is_ok(), taken, "{listen}");
        }
    }
}
