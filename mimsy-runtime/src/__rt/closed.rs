//! Whether a `schema!` holds everything that its entities speak of, and an entity what it says, answered while
//! compiling.

use mimsy_schema::hash::same;
use mimsy_schema::routes::is_public;
use mimsy_schema::{Field, Kind, Text};

use crate::entity::Part;

/// The longest message; names that do not fit are left out.
const ROOM: usize = 400;

/// What is missing, as a text: empty if nothing is. `const` code has no `String`.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    bytes: [u8; ROOM],
    len: usize,
}

impl Missing {
    const NOTHING: Self = Self { bytes: [0; ROOM], len: 0 };

    /// Whether nothing is missing.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.len == 0
    }

    /// The message.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "the schema does not hold everything that its entities speak of",
        }
    }

    const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.len + text.len() > ROOM {
            return self;
        }
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }
}

/// The first thing that `part` speaks of and `names` lack: a relation's target or the entity between, or the policy's actor;
/// or else personal data that it shows to everybody.
#[must_use]
pub const fn missing(part: &Part, names: &[&str], schema: &str) -> Missing {
    let entity = part.entity.name.as_str();
    let fields = part.entity.fields.items();
    let mut f = 0;
    while f < fields.len() {
        if let Some(relation) = &fields[f].relation
            && let Some(target) = stranger(relation.targets.items(), names)
        {
            let message = Missing::NOTHING.text("`").text(entity).text(".").text(fields[f].name.as_str());
            return message.text("` points to `").text(target).text("`").text(", ").advice(target, schema);
        }
        if let Some(relation) = &fields[f].relation
            && !relation.through.as_str().is_empty()
            && !holds(names, relation.through.as_str())
        {
            let between = relation.through.as_str();
            let message = Missing::NOTHING.text("`").text(entity).text(".").text(fields[f].name.as_str());
            return message.text("` goes through `").text(between).text("`, ").advice(between, schema);
        }
        f += 1;
    }
    if let Some(policy) = part.policy
        && !policy.actor.as_str().is_empty()
        && !holds(names, policy.actor.as_str())
    {
        let actor = policy.actor.as_str();
        let message = Missing::NOTHING.text("the actor of `").text(entity).text("`'s policy is `").text(actor);
        return message.text("`, ").advice(actor, schema);
    }
    exposed(part)
}

/// Personal data that everybody may read.
const fn exposed(part: &Part) -> Missing {
    let fields = part.entity.fields.items();
    let open = match part.policy {
        Some(policy) => is_public(policy, "read"),
        None => false,
    };
    let mut f = 0;
    while open && f < fields.len() {
        if fields[f].pii {
            let message = Missing::NOTHING.text("`").text(part.entity.name.as_str()).text(".");
            let message = message.text(fields[f].name.as_str()).text("` is `pii`, and a rule lets everybody read it: ");
            return message.text("let that rule ask for an actor, or keep the field in an entity of its own");
        }
        f += 1;
    }
    Missing::NOTHING
}

/// The first among `fields` that a draft has no value for and that is not in `left_out`, the names of those that its
/// draft leaves out; or the other way round.
#[must_use]
pub const fn hidden(fields: &[Field], left_out: &[&str]) -> Missing {
    let mut f = 0;
    while f < fields.len() {
        let field = &fields[f];
        let name = field.name.as_str();
        let has_value = field.is_column() && !field.is_server_owned();
        if has_value == holds(left_out, name) {
            let message = Missing::NOTHING.text("`").text(name);
            return match field.kind {
                _ if has_value => message.text("` is written like a type of Mimsy's, and is another one: rename that type"),
                Kind::Rows => message.text("` is a to-many relation behind an alias: write its type as `Many<…>`"),
                Kind::Row if field.nullable => {
                    message.text("` is a relation behind an alias: write its type as `One<…>`, or name the fields that hold its key")
                }
                Kind::Row => message.text(
                    "` refers to a key of several parts: name the fields here that hold it, as in `#[field(by(org, number))]`",
                ),
                _ => message.text("` is made by the server, behind an alias: write its type as `Id<…>`"),
            };
        }
        f += 1;
    }
    Missing::NOTHING
}

impl Missing {
    const fn advice(self, name: &str, schema: &str) -> Self {
        self.text("which `").text(schema).text("` does not hold: add `").text(name).text("` to `schema!`")
    }
}

const fn stranger<'a>(targets: &'a [Text], names: &[&str]) -> Option<&'a str> {
    let mut t = 0;
    while t < targets.len() {
        if !holds(names, targets[t].as_str()) {
            return Some(targets[t].as_str());
        }
        t += 1;
    }
    None
}

const fn holds(names: &[&str], name: &str) -> bool {
    let mut n = 0;
    while n < names.len() {
        if same(names[n], name) {
            return true;
        }
        n += 1;
    }
    false
}
