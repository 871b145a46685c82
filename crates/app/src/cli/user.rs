//! `gongji user`: the accounts of the console as a file (账号文件). Passwords are typed or come by standard input, and only their
//! hash is kept.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};

use super::paint::padded;
use crate::serve::doors::accounts::{Account, Accounts, Role, hashed};

/// Accounts of the web console (控制台账号): add, list, remove
#[derive(clap::Subcommand)]
pub(crate) enum UserCommand {
    Add(AddOptions),
    List(ListOptions),
    Remove(RemoveOptions),
}

/// Add an account, or give one another password or role
///
/// The password is asked for, or read as one line from standard input. `gongji serve --users FILE` lets the accounts in
/// from its next start on.
#[derive(clap::Args)]
#[command(after_help = ADD)]
pub(crate) struct AddOptions {
    /// The accounts file (账号文件); made if it is not there
    #[arg(long, value_name = "FILE")]
    users: PathBuf,
    /// The name to sign in with (登录名)
    name: String,
    /// The name that is shown, and recorded for what an officer does
    #[arg(long, value_name = "NAME")]
    shown: String,
    /// What the account is for; may be given several times
    #[arg(long = "role", value_enum, required = true)]
    roles: Vec<Role>,
    /// The pooling area (统筹区) of an officer
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// The number (人员编号) of a member
    #[arg(long, value_name = "NUMBER")]
    person: Option<String>,
    /// The institution (定点医药机构编号) of a cashier or vendor
    #[arg(long, value_name = "CODE")]
    institution: Option<String>,
}

/// List the accounts of a file
#[derive(clap::Args)]
pub(crate) struct ListOptions {
    /// The accounts file (账号文件)
    #[arg(long, value_name = "FILE")]
    users: PathBuf,
}

/// Take an account away
#[derive(clap::Args)]
pub(crate) struct RemoveOptions {
    /// The accounts file (账号文件)
    #[arg(long, value_name = "FILE")]
    users: PathBuf,
    /// The name to sign in with (登录名)
    name: String,
}

const ADD: &str = "\
EXAMPLE
  gongji user add wang --users users.toml --shown 王经办 --role officer --area 500000
  gongji serve --listen 0.0.0.0:8080 --keys keys.toml --users users.toml";

/// Runs a `user` command.
///
/// # Errors
/// When the file or what was given cannot be used.
pub(crate) fn run(command: &UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add(options) => add(options)?,
        UserCommand::List(options) => list(&read(&options.users)?)?,
        UserCommand::Remove(options) => {
            let mut accounts = read(&options.users)?;
            ensure!(accounts.remove(&options.name), "{} 里没有账号 {}", options.users.display(), options.name);
            write(&options.users, &accounts)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn add(options: &AddOptions) -> anyhow::Result<()> {
    let mut accounts = if options.users.exists() { read(&options.users)? } else { Accounts::default() };
    accounts.put(Account {
        name: options.name.clone(),
        shown: options.shown.clone(),
        roles: options.roles.clone(),
        area: options.area.clone(),
        person: options.person.clone(),
        institution: options.institution.clone(),
        password: hashed(&password()?)?,
    })?;
    write(&options.users, &accounts)
}

fn list(accounts: &Accounts) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for account in accounts.all() {
        let roles: Vec<&str> = account.roles.iter().map(|role| role.words()).collect();
        let of = [&account.area, &account.person, &account.institution];
        let of: Vec<&str> = of.into_iter().flatten().map(String::as_str).collect();
        writeln!(
            out,
            "{}  {}  {}  {}",
            padded(&account.name, 16),
            padded(&account.shown, 24),
            roles.join("、"),
            of.join(" ")
        )?;
    }
    Ok(())
}

/// Typed twice where somebody sits, else a line of standard input.
fn password() -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("无法读取密码")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let ask = |what: &str| rpassword::prompt_password(what).context("无法读取密码");
    let first = ask("密码：")?;
    if ask("再输一次：")? != first {
        bail!("两次输入的密码不同");
    }
    Ok(first)
}

fn read(file: &Path) -> anyhow::Result<Accounts> {
    let text = fs::read_to_string(file).with_context(|| format!("无法读取账号文件 {}", file.display()))?;
    Accounts::read(&text).with_context(|| format!("账号文件 {}", file.display()))
}

/// In its place whole or not at all, for its owner alone.
fn write(file: &Path, accounts: &Accounts) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unwritable = || format!("无法写账号文件 {}", file.display());
    // Such a file is made for its owner alone.
    let mut beside = tempfile::NamedTempFile::new_in(folder).with_context(unwritable)?;
    beside.write_all(accounts.write()?.as_bytes()).with_context(unwritable)?;
    beside.persist(file).with_context(unwritable)?;
    Ok(())
}
