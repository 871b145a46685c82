//! Reading fields by name from an input, with errors that name the field.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use compact_str::{CompactString, format_compact};
use gongji_domain::Fen;

use super::errors::{Code, Fault};
use super::json::{Json, read_text};
use super::moment::Moment;
use super::number::{Decimal, Fixed};

/// Things to tell the caller that are no errors, in the order met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    unknown: RefCell<Vec<String>>,
    absent: RefCell<Vec<String>>,
    said: RefCell<Vec<String>>,
}

impl Notes {
    /// A field that nothing reads.
    fn unknown(&self, path: String) {
        self.unknown.borrow_mut().push(path);
    }

    /// A field that the interface asks for and the decision does not need.
    fn absent(&self, path: String) {
        self.absent.borrow_mut().push(path);
    }

    /// Anything else.
    pub(crate) fn say(&self, text: impl Into<String>) {
        self.said.borrow_mut().push(text.into());
    }

    /// The `warn_msg`; empty when there is nothing to say.
    pub(crate) fn warn_msg(&self) -> String {
        self.warn_msg_with(&Self::default())
    }

    /// The same together with what was said later.
    pub(crate) fn warn_msg_with(&self, later: &Self) -> String {
        let list = |paths: &RefCell<Vec<String>>, head: &str| {
            let paths = paths.borrow();
            let shown: Vec<&str> = paths.iter().take(10).map(String::as_str).collect();
            let rest = paths.len() - shown.len();
            let more = if rest > 0 { format!(" 等 {} 个", paths.len()) } else { String::new() };
            (!shown.is_empty()).then(|| format!("{head}：{}{more}", shown.join("、")))
        };
        let unknown = list(&self.unknown, "未识别的字段，已忽略");
        let absent = list(&self.absent, "规范要求而报文缺少的字段");
        let said = [self, later].map(|notes| notes.said.borrow().clone());
        unknown.into_iter().chain(absent).chain(said.into_iter().flatten()).collect::<Vec<_>>().join("；")
    }
}

/// One object of a message. Every field that is asked for counts as known; [`Node::finish`] notes
/// the rest.
pub(crate) struct Node<'a> {
    path: CompactString,
    fields: &'a [(Cow<'a, str>, Json<'a>)],
    /// Which of them anything asked for.
    read: Vec<Cell<bool>>,
    /// Where the next field is likely: most are asked for in the order in which they were sent.
    next: Cell<usize>,
    /// In the envelope some clients write an empty field as the word `null`.
    null_is_empty: bool,
}

impl<'a> Node<'a> {
    /// The node at `path` (empty for the envelope).
    pub(crate) fn of(path: impl Into<CompactString>, value: &'a Json<'a>) -> Result<Self, Fault> {
        let path = path.into();
        let Json::Object(fields) = value else {
            let fault =
                if path.is_empty() { Fault::new(Code::InvalidJson) } else { Fault::at(Code::InvalidValue, path) };
            return Err(fault.given(kind(value)).allowed("一个 JSON 对象"));
        };
        let read = vec![false; fields.len()].into_iter().map(Cell::new).collect();
        Ok(Self { path, fields, read, next: Cell::new(0), null_is_empty: false })
    }

    /// Reads the word `null` as an empty field too.
    pub(crate) fn null_is_empty(mut self) -> Self {
        self.null_is_empty = true;
        self
    }

    /// The path of a field.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { [&self.path, ".", name].concat() }
    }

    /// The field as it was sent.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a Json<'a>> {
        let (before, after) = self.fields.split_at(self.next.get());
        let named = |(known, _): &(Cow<'_, str>, Json<'_>)| known == name;
        let later = || before.iter().position(named);
        let at = after.iter().position(named).map(|at| at + before.len()).or_else(later)?;
        self.read[at].set(true);
        self.next.set(at + 1);
        Some(&self.fields[at].1)
    }

    /// Fields that the interface has and this service has no use for.
    pub(crate) fn known(&self, names: &[&str]) {
        for (name, read) in self.unread() {
            read.set(names.contains(&name));
        }
    }

    /// Text of at most `max` characters; empty, `null` and absent are nothing. A number is taken
    /// as its digits, as some clients send codes so.
    pub(crate) fn optional(&self, name: &str, max: usize) -> Result<Option<String>, Fault> {
        Ok(self.word(name, max)?.map(str::to_owned))
    }

    /// The same as it lies in the message.
    pub(crate) fn word(&self, name: &str, max: usize) -> Result<Option<&'a str>, Fault> {
        let text = match self.raw(name) {
            None | Some(Json::Null) => return Ok(None),
            Some(Json::Text(text)) => trimmed(text),
            Some(Json::Number(text)) => text,
            Some(other) => return Err(self.invalid(name, kind(other), &format!("至多 {max} 个字符的文字"))),
        };
        if text.is_empty() || (self.null_is_empty && text == "null") {
            return Ok(None);
        }
        if text.len() > max && text.chars().count() > max {
            return Err(Fault::at(Code::TooLong, self.path(name)).given(text).allowed(format!("至多 {max} 个字符")));
        }
        Ok(Some(text))
    }

    /// As [`Node::optional`], but must be there.
    pub(crate) fn required(&self, name: &str, max: usize) -> Result<String, Fault> {
        Ok(self.required_word(name, max)?.to_owned())
    }

    /// The same as it lies in the message.
    pub(crate) fn required_word(&self, name: &str, max: usize) -> Result<&'a str, Fault> {
        let missing = || self.missing(name, &format!("至多 {max} 个字符的文字"));
        self.word(name, max)?.ok_or_else(missing)
    }

    /// As [`Node::optional`]; notes when it is not there.
    pub(crate) fn expected(&self, name: &str, max: usize, notes: &Notes) -> Result<Option<String>, Fault> {
        let text = self.optional(name, max)?;
        if text.is_none() {
            notes.absent(self.path(name));
        }
        Ok(text)
    }

    /// As [`Node::expected`], where nobody wants to know what it is.
    pub(crate) fn note(&self, name: &str, max: usize, notes: &Notes) -> Result<(), Fault> {
        if self.word(name, max)?.is_none() {
            notes.absent(self.path(name));
        }
        Ok(())
    }

    /// One of the codes of a table, or an error that lists them.
    pub(crate) fn one_of(&self, name: &str, table: &[(&'static str, &str)]) -> Result<&'static str, Fault> {
        let listed = || table.iter().map(|(code, meaning)| format!("{code} {meaning}")).collect::<Vec<_>>().join("、");
        let text = self.word(name, 50)?.ok_or_else(|| self.missing(name, &listed()))?;
        let code = table.iter().map(|(code, _)| *code).find(|code| *code == text);
        code.ok_or_else(|| self.invalid(name, text, &listed()))
    }

    /// A day with time, or a day alone.
    pub(crate) fn moment(&self, name: &str) -> Result<Moment, Fault> {
        const FORM: &str = " yyyy-MM-dd HH:mm:ss";
        let text = self.word(name, 50)?.ok_or_else(|| self.missing(name, FORM))?;
        text.parse().map_err(|()| self.invalid(name, text, FORM))
    }

    /// As [`Node::moment`], but a day alone is its last second: the end of a range that a query asks for.
    pub(crate) fn last_moment(&self, name: &str) -> Result<Moment, Fault> {
        let moment = self.moment(name)?;
        let whole = matches!(self.raw(name), Some(Json::Text(text)) if text.trim().contains(' '));
        Ok(if whole { moment } else { moment.end_of_day() })
    }

    /// Whether a field is absent or empty.
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        match self.raw(name) {
            None | Some(Json::Null) => true,
            Some(Json::Text(text)) => text.trim().is_empty(),
            Some(_) => false,
        }
    }

    /// A day, its time left out if there is one.
    pub(crate) fn day(&self, name: &str) -> Result<gongji_domain::Day, Fault> {
        Ok(self.moment(name)?.day)
    }

    /// A number with at most `S` decimals from zero to `max` units: number, numeric text; empty,
    /// `null` and absent are nothing.
    pub(crate) fn number<const S: u32>(&self, name: &str, max: i64) -> Result<Option<Fixed<S>>, Fault> {
        let text = match self.raw(name) {
            None | Some(Json::Null) => return Ok(None),
            Some(Json::Text(text)) if text.trim().is_empty() => return Ok(None),
            Some(Json::Text(text)) => text.trim(),
            Some(Json::Number(text)) => text,
            Some(other) => return Err(self.invalid(name, kind(other), &self.form::<S>())),
        };
        let value = Decimal::read(text).ok_or_else(|| self.invalid(name, text, &self.form::<S>()))?;
        let Some(units) = value.units(S) else {
            return Err(Fault::at(Code::TooManyDecimals, self.path(name))
                .given(text)
                .allowed(format!("至多 {S} 位小数")));
        };
        match i64::try_from(units) {
            Ok(units) if (0..=max).contains(&units) => Ok(Some(Fixed(units))),
            _ => {
                let allowed = format!(" 0 至 {}", Fixed::<S>(max));
                Err(Fault::at(Code::OutOfRange, self.path(name)).given(text).allowed(allowed))
            }
        }
    }

    /// As [`Node::number`], but must be there.
    pub(crate) fn required_number<const S: u32>(&self, name: &str, max: i64) -> Result<Fixed<S>, Fault> {
        self.number(name, max)?.ok_or_else(|| self.missing(name, &self.form::<S>()))
    }

    /// Money, as [`Node::number`].
    pub(crate) fn money(&self, name: &str) -> Result<Option<Fen>, Fault> {
        Ok(self.number::<2>(name, MONEY)?.map(|yuan| Fen::from_fen(yuan.0)))
    }

    /// Rows inside this node: an array, or a single object. Absent or empty is no row.
    pub(crate) fn rows(&self, name: &str, max: usize) -> Result<Vec<Node<'a>>, Fault> {
        let rows = match self.raw(name) {
            None | Some(Json::Null) => &[],
            Some(Json::Text(text)) if text.trim().is_empty() => &[],
            Some(Json::List(rows)) => rows.as_slice(),
            Some(row) => std::slice::from_ref(row),
        };
        let path = self.path(name);
        if rows.len() > max {
            return Err(Fault::at(Code::TooManyRows, path).given(rows.len()).allowed(format!("至多 {max} 行")));
        }
        rows.iter().enumerate().map(|(i, row)| Node::of(format_compact!("{path}[{i}]"), row)).collect()
    }

    /// Money that may be negative, as the sums of days with more cancelled than settled; must be there.
    pub(crate) fn signed_money(&self, name: &str) -> Result<Fen, Fault> {
        let negative = match self.raw(name) {
            Some(Json::Text(text) | Json::Number(text)) => text.trim().strip_prefix('-'),
            _ => None,
        };
        let Some(positive) = negative else {
            return self.money(name)?.ok_or_else(|| self.missing(name, &self.form::<2>()));
        };
        let units =
            Decimal::read(positive).and_then(|value| value.units(2)).and_then(|units| i64::try_from(units).ok());
        let units = units.filter(|units| (0..=MONEY).contains(units));
        units.map(|units| Fen::from_fen(-units)).ok_or_else(|| self.invalid(name, positive, &self.form::<2>()))
    }

    /// Notes every field that nothing asked for.
    pub(crate) fn finish(&self, notes: &Notes) {
        self.known(&["exp_content", "expContent"]);
        for (name, _) in self.unread() {
            notes.unknown(self.path(name));
        }
    }

    /// The names of fields that nothing asked for so far, and where that is known.
    fn unread(&self) -> impl Iterator<Item = (&'a str, &Cell<bool>)> {
        let names = self.fields.iter().map(|(name, _)| &**name);
        names.zip(&self.read).filter(|(_, read)| !read.get())
    }

    fn form<const S: u32>(&self) -> String {
        format!("至多 {S} 位小数的数字")
    }

    /// A required field is not there or empty; a name that may be its misspelling is told.
    pub(crate) fn missing(&self, name: &str, allowed: &str) -> Fault {
        let fault = Fault::at(Code::MissingField, self.path(name)).given("（空）");
        match self.misspelt(name) {
            Some(sent) => fault.allowed(format!("{allowed}；报文里有 {sent}，是否写错")),
            None => fault.allowed(allowed),
        }
    }

    /// A field that was sent, that nothing asked for so far, and that is almost called so.
    fn misspelt(&self, name: &str) -> Option<&'a str> {
        let names = self.unread().map(|(name, _)| name).filter(|sent| *sent != name);
        let apart = |sent: &str| strsim::damerau_levenshtein(&sent.to_ascii_lowercase(), name);
        names
            .map(|sent| (apart(sent), sent))
            .filter(|(apart, _)| *apart <= 2 && apart * 3 <= name.len())
            .min()
            .map(|(_, sent)| sent)
    }

    /// A field has a value that is not allowed.
    pub(crate) fn invalid(&self, name: &str, given: &str, allowed: &str) -> Fault {
        Fault::at(Code::InvalidValue, self.path(name)).given(given).allowed(allowed)
    }
}

/// The largest amount of money of one field: 99999999.99 yuan, as charges are bounded.
pub(crate) const MONEY: i64 = 9_999_999_999;

/// The input of a transaction: its nodes by name.
pub(crate) struct Input<'a> {
    node: Node<'a>,
    pub notes: &'a Notes,
}

impl<'a> Input<'a> {
    /// Over the envelope's `input`.
    pub(crate) fn new(input: &'a Json<'a>, notes: &'a Notes) -> Result<Self, Fault> {
        let mut node = Node::of("input", input)?;
        node.path.clear();
        Ok(Self { node, notes })
    }

    /// A single-row node: an object, or an array of exactly one.
    pub(crate) fn node(&self, name: &str) -> Result<Node<'a>, Fault> {
        match self.listed(name, 1)? {
            [row @ Json::Object(_)] => Node::of(name, row),
            [row] => Node::of(format!("{name}[0]"), row),
            _ => Err(self.node.missing(name, "一个 JSON 对象")),
        }
    }

    /// A multi-row node: an array, or a single object. Absent is no row.
    pub(crate) fn rows(&self, name: &str, max: usize) -> Result<Vec<Node<'a>>, Fault> {
        let rows = self.listed(name, max)?;
        rows.iter().enumerate().map(|(i, row)| Node::of(format!("{name}[{i}]"), row)).collect()
    }

    fn listed(&self, name: &str, max: usize) -> Result<&'a [Json<'a>], Fault> {
        let rows = match self.node.raw(name) {
            None | Some(Json::Null) => &[],
            Some(Json::List(rows)) => rows.as_slice(),
            Some(row) => std::slice::from_ref(row),
        };
        if rows.len() > max {
            return Err(Fault::at(Code::TooManyRows, name).given(rows.len()).allowed(format!("至多 {max} 行")));
        }
        Ok(rows)
    }

    /// Notes nodes that nothing asked for.
    pub(crate) fn finish(&self) {
        self.node.finish(self.notes);
    }
}

/// `input` as an object, whether it was sent as one or as a JSON text.
pub(crate) fn unwrapped(value: Json<'_>) -> Result<Json<'_>, Fault> {
    let no_object =
        |other: &Json<'_>| Fault::at(Code::InvalidValue, "input").given(kind(other)).allowed("一个 JSON 对象");
    match value {
        Json::Text(text) if !text.trim().is_empty() => match inner(text)? {
            object @ Json::Object(_) => Ok(object),
            other => Err(no_object(&other)),
        },
        object @ Json::Object(_) => Ok(object),
        Json::Null | Json::Text(_) => {
            Err(Fault::at(Code::MissingField, "input").given("（空）").allowed("一个 JSON 对象"))
        }
        other => Err(no_object(&other)),
    }
}

/// The value that a text holds as JSON.
fn inner(text: Cow<'_, str>) -> Result<Json<'_>, Fault> {
    match text {
        Cow::Borrowed(text) => read_text(text),
        // Its escapes were resolved in a text of its own.
        Cow::Owned(text) => Ok(read_text(&text)?.into_owned()),
    }
}

/// A text without white space around it, as nearly every one is sent.
fn trimmed(text: &str) -> &str {
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    if ends.into_iter().flatten().all(u8::is_ascii_graphic) { text } else { text.trim() }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(true) => "true",
        Json::Bool(false) => "false",
        Json::Number(_) => "一个数字",
        Json::Text(_) => "一段文字",
        Json::List(_) => "一个数组",
        Json::Object(_) => "一个对象",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, read: impl Fn(&Node<'_>) -> Result<String, Fault>, expected: Result<&str, &str>) {
        let text = format!("{{\"x\":{field}}}");
        let value = read_text(&text).unwrap();
        let node = Node::of("data", &value).unwrap();
        match (read(&node), expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{field}"),
            (Err(fault), Err(expected)) => assert!(fault.to_string().contains(expected), "{field}: {fault}"),
            (other, _) => panic!("{field}: {other:?}"),
        }
    }

    #[test]
    fn numbers_are_accepted_in_every_spelling_and_never_rounded() {
        let money =
            |node: &Node<'_>| node.money("x").map(|fen| fen.map_or("nothing".to_owned(), |fen| fen.to_string()));
        for (field, expected) in [
            ("12.5", Ok("12.50")),
            ("\"12.50\"", Ok("12.50")),
            ("\" 12.50 \"", Ok("12.50")),
            ("1.25e1", Ok("12.50")),
            ("0", Ok("0.00")),
            ("\"\"", Ok("nothing")),
            ("null", Ok("nothing")),
            ("12.505", Err("[too_many_decimals] 小数位数过多：字段 data.x，给出「12.505」，应为至多 2 位小数")),
            ("0.1000000000000000055", Err("too_many_decimals")),
            ("-1", Err("[out_of_range] 数值超出范围：字段 data.x，给出「-1」，应为 0 至 99999999.99")),
            ("100000000", Err("out_of_range")),
            ("\"12,5\"", Err("[invalid_value] 字段取值不合规定：字段 data.x，给出「12,5」，应为至多 2 位小数的数字")),
            ("true", Err("给出「true」")),
            ("{}", Err("给出「一个对象」")),
            ("1e999999999", Err("invalid_value")),
        ] {
            check(field, money, expected);
        }
    }

    #[test]
    fn text_is_trimmed_bounded_and_may_be_sent_as_a_number() {
        let text = |node: &Node<'_>| node.required("x", 4);
        for (field, expected) in [
            ("\" ab \"", Ok("ab")),
            ("31", Ok("31")),
            ("\"中中中中\"", Ok("中中中中")),
            ("\"null\"", Ok("null")),
            ("\"abcde\"", Err("[too_long] 字段超过最大长度：字段 data.x，给出「abcde」，应为至多 4 个字符")),
            ("\"  \"", Err("[missing_field] 必填字段缺失或为空：字段 data.x，给出「（空）」")),
            ("null", Err("missing_field")),
            ("[]", Err("给出「一个数组」")),
        ] {
            check(field, text, expected);
        }
    }

    #[test]
    fn a_missing_field_names_what_may_be_its_misspelling() {
        for (sent, says) in [
            ("insutyp", Some("报文里有 insutyp，是否写错")),
            ("INSUTYPE", Some("报文里有 INSUTYPE，是否写错")),
            ("inustype", Some("报文里有 inustype，是否写错")),
            ("psn_type", None),
        ] {
            let text = format!("{{\"{sent}\":\"310\"}}");
            let value = read_text(&text).unwrap();
            let fault = Node::of("data", &value).unwrap().required("insutype", 6).unwrap_err().to_string();
            assert_eq!(fault.contains("是否写错"), says.is_some(), "{fault}");
            assert!(says.is_none_or(|says| fault.contains(says)), "{fault}");
        }
    }

    #[test]
    fn codes_and_moments_say_what_is_allowed() {
        let code = |node: &Node<'_>| node.one_of("x", &[("0", "否"), ("1", "是")]).map(str::to_owned);
        check("\"1\"", code, Ok("1"));
        check("1", code, Ok("1"));
        check("\"2\"", code, Err("给出「2」，应为0 否、1 是"));
        let moment = |node: &Node<'_>| node.moment("x").map(|moment| moment.to_string());
        check("\"2024-06-01\"", moment, Ok("2024-06-01 00:00:00"));
        check("\"01/06/2024\"", moment, Err("应为 yyyy-MM-dd HH:mm:ss"));
    }

    #[test]
    fn what_nobody_asked_for_is_noted() {
        let value = read_text(r#"{"a":"1","b":"2","exp_content":{}}"#).unwrap();
        let notes = Notes::default();
        let node = Node::of("data", &value).unwrap();
        node.known(&["a"]);
        node.expected("c", 3, &notes).unwrap();
        node.finish(&notes);
        assert_eq!(notes.warn_msg(), "未识别的字段，已忽略：data.b；规范要求而报文缺少的字段：data.c");
        assert_eq!(Notes::default().warn_msg(), "");
    }

    #[test]
    fn a_node_may_be_an_object_or_an_array_of_one() {
        let notes = Notes::default();
        for (text, expected) in [
            (r#"{"data":{"a":"1"}}"#, Ok("1")),
            (r#"{"data":[{"a":"1"}]}"#, Ok("1")),
            (r#"{"data":[]}"#, Err("missing_field")),
            (r#"{}"#, Err("missing_field")),
            (r#"{"data":[{},{}]}"#, Err("too_many_rows")),
            (r#"{"data":"x"}"#, Err("invalid_value")),
        ] {
            let value = read_text(text).unwrap();
            let read = Input::new(&value, &notes).unwrap().node("data").and_then(|node| node.required("a", 3));
            assert_eq!(read.as_deref().map_err(Fault::code), expected, "{text}");
        }
    }

    #[test]
    fn an_input_may_be_sent_as_text() {
        let object = read_text(r#"{"data":{}}"#).unwrap();
        assert_eq!(unwrapped(Json::Text(r#" {"data":{}} "#.into())).unwrap(), object);
        for (value, code) in
            [("\"x\"", "invalid_json"), ("\"[]\"", "invalid_value"), ("\"\"", "missing_field"), ("1", "invalid_value")]
        {
            assert_eq!(unwrapped(read_text(value).unwrap()).unwrap_err().code(), code, "{value}");
        }
    }
}
