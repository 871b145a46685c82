//! Local accounts (本地账号) as a file: names, roles, passwords hashed with argon2id. The demo's own, with a password that
//! everybody may see, are for this machine only.

use anyhow::{Context as _, bail, ensure};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use serde::{Deserialize, Serialize};

const DEMO: &str = include_str!("../../../demo/accounts.toml");

/// Fewest characters of a password.
const PASSWORD: usize = 8;

/// What an account is for; decides which pages are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// 参保人: the own account.
    Member,
    /// 收款员: the counter of an institution.
    Cashier,
    /// 机构（厂商）: what an institution sent.
    Vendor,
    /// 经办: members, accounts, settlements of an area.
    Officer,
    /// 政策分析: runs and designs.
    Analyst,
}

impl Role {
    /// 角色名称
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Member => "参保人",
            Self::Cashier => "收款员",
            Self::Vendor => "定点机构",
            Self::Officer => "经办",
            Self::Analyst => "政策分析",
        }
    }
}

/// Who may sign in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// 登录名
    pub name: String,
    /// 显示的姓名; for an officer the name under which acts are recorded.
    pub shown: String,
    pub roles: Vec<Role>,
    /// The officer's 统筹区.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The member's 人员编号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// 定点医药机构编号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// argon2id, in the usual text form (PHC).
    pub password: String,
}

/// All accounts of a service.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accounts {
    /// The password of all accounts of the demo, for everybody to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown_password: Option<String>,
    #[serde(default, rename = "account")]
    all: Vec<Account>,
}

impl Accounts {
    /// Reads an accounts file (账号文件).
    ///
    /// # Errors
    /// What in it cannot be used.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let accounts: Self = toml::from_str(text)?;
        for (i, account) in accounts.all.iter().enumerate() {
            account.check().with_context(|| format!("账号 {}", account.name))?;
            let twice = accounts.all[..i].iter().any(|other| other.name == account.name);
            ensure!(!twice, "账号 {} 有两个", account.name);
        }
        Ok(accounts)
    }

    /// The accounts of the demo and the sandbox.
    ///
    /// # Errors
    /// When the data are wrong; a test reads them.
    pub(crate) fn demo() -> anyhow::Result<Self> {
        Self::read(DEMO).context("demo/accounts.toml")
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never for accounts that were read.
    pub(crate) fn write(&self) -> anyhow::Result<String> {
        Ok(toml_edit::ser::to_string_pretty(self)?)
    }

    pub(crate) fn all(&self) -> &[Account] {
        &self.all
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Account> {
        self.all.iter().find(|account| account.name == name)
    }

    /// The password that everybody may see; none where accounts are the agency's own.
    pub(crate) fn shown_password(&self) -> Option<&str> {
        self.shown_password.as_deref()
    }

    /// Adds an account, or puts another in its place.
    ///
    /// # Errors
    /// When it cannot be one.
    pub(crate) fn put(&mut self, account: Account) -> anyhow::Result<()> {
        account.check()?;
        match self.all.iter_mut().find(|other| other.name == account.name) {
            Some(other) => *other = account,
            None => self.all.push(account),
        }
        Ok(())
    }

    /// Takes an account away; false if there was none.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let before = self.all.len();
        self.all.retain(|account| account.name != name);
        self.all.len() < before
    }

    /// Whose password that is. Takes as long for an unknown name. Slow on purpose: not on a thread that serves.
    pub(crate) fn admit(&self, name: &str, password: &str) -> Option<&Account> {
        let account = self.find(name);
        let hash = account.or(self.all.first()).map(|account| account.password.as_str())?;
        let hash = argon2::PasswordHash::new(hash).ok()?;
        let fits = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        account.filter(|_| fits)
    }
}

impl Account {
    fn check(&self) -> anyhow::Result<()> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        ensure!(!self.name.is_empty() && self.name.bytes().all(plain), "name 只用字母、数字和 -_.");
        ensure!(!self.shown.trim().is_empty(), "shown 不能为空");
        ensure!(!self.roles.is_empty(), "roles 至少一个");
        for role in &self.roles {
            let (needs, has) = match role {
                Role::Member => ("person", self.person.is_some()),
                Role::Cashier | Role::Vendor => ("institution", self.institution.is_some()),
                Role::Officer => ("area", self.area.is_some()),
                Role::Analyst => ("", true),
            };
            ensure!(has, "{}须写明 {needs}", role.words());
        }
        if argon2::PasswordHash::new(&self.password).is_err() {
            bail!("password 须为 argon2id 的散列值，用 gongji user 生成");
        }
        Ok(())
    }
}

/// What is kept of a password.
///
/// # Errors
/// When it is too short, or the machine gives no random numbers.
pub(crate) fn hashed(password: &str) -> anyhow::Result<String> {
    ensure!(password.chars().count() >= PASSWORD, "密码至少 {PASSWORD} 个字符");
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("无法散列密码：{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demos_accounts_are_whole_and_let_in_by_their_password_only() {
        let accounts = Accounts::demo().unwrap();
        let shown = accounts.shown_password().unwrap().to_owned();
        for role in [Role::Member, Role::Cashier, Role::Vendor, Role::Officer, Role::Analyst] {
            let account = accounts.all().iter().find(|account| account.roles.contains(&role));
            let account = account.unwrap_or_else(|| panic!("nobody is {role:?}"));
            assert_eq!(accounts.admit(&account.name, &shown).unwrap().name, account.name);
            assert!(accounts.admit(&account.name, "another one").is_none());
        }
        assert!(accounts.admit("nobody", &shown).is_none());
    }

    #[test]
    fn what_is_written_reads_the_same_and_wrong_files_are_refused_by_name() {
        let mut accounts = Accounts::default();
        let account = Account {
            name: "li".to_owned(),
            shown: "李经办".to_owned(),
            roles: vec![Role::Officer],
            area: Some("500000".to_owned()),
            person: None,
            institution: None,
            password: hashed("eight or more").unwrap(),
        };
        accounts.put(account.clone()).unwrap();
        let text = accounts.write().unwrap();
        assert_eq!(Accounts::read(&text).unwrap().write().unwrap(), text);
        assert!(accounts.admit("li", "eight or more").is_some());
        for (from, to, says) in [
            ("area = ", "aria = ", "aria"),
            ("area = \"500000\"", "", "area"),
            ("officer", "boss", "boss"),
            ("$argon2id$", "plain", "argon2id"),
            ("\"li\"", "\"l i\"", "name"),
        ] {
            let wrong = text.replace(from, to);
            assert_ne!(wrong, text, "{from}");
            let error = format!("{:#}", Accounts::read(&wrong).unwrap_err());
            assert!(error.contains(says), "{error}");
        }
        assert!(hashed("short").is_err());
        assert!(accounts.remove("li") && !accounts.remove("li"));
    }
}
