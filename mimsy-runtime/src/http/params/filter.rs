//! `filter[field]=`, `filter[field][operator]=`, `filter[relation.field][operator]=`.

use mimsy_schema::Kind;
use mimsy_schema::name::{listed, nearest, told};

use super::operator::Operator;
use super::pairs::Pair;
use super::{Faults, Opened, Params};
use crate::query::{Condition, FieldPath};

/// The conditions of a query string, as they are found.
pub(super) struct Filters<'a> {
    params: &'a Params<'a>,
    conditions: Vec<Condition>,
    seen: Vec<(FieldPath, Operator)>,
    count: usize,
}

impl<'a> Filters<'a> {
    pub(super) fn new(params: &'a Params<'a>) -> Self {
        Self { params, conditions: Vec::new(), seen: Vec::new(), count: 0 }
    }

    pub(super) fn finish(self, faults: &mut Faults) -> Vec<Condition> {
        let most = self.params.limits.filters;
        if self.count > most {
            let detail = format!("there are {} filters, and {most} are the most", self.count);
            faults.add("filter", "TOO_MANY_FILTERS", detail);
        }
        self.conditions
    }

    /// `filter=…`, which names no field.
    pub(super) fn bare(&self, pair: &Pair<'_>, faults: &mut Faults) {
        let model = self.params.model;
        let key = || model.key.first().map(|key| model.fields()[*key].name.to_string());
        let example = self.opened().names().into_iter().next().or_else(key).unwrap_or_default();
        faults.add(&pair.name, "UNKNOWN_PARAMETER", format!("a filter names a field: `filter[{example}]=…`"));
    }

    fn opened(&self) -> Opened<'a> {
        let paths = self.params.model.routes.as_ref().map_or(&[][..], |routes| &routes.filter);
        Opened { paths, purpose: "filters" }
    }

    pub(super) fn add(&mut self, pair: &Pair<'_>, faults: &mut Faults) {
        self.count += 1;
        let parameter = pair.name.as_ref();
        let inner = parameter.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']'));
        let parts: Vec<&str> = inner.unwrap_or_default().split("][").collect();
        let (name, operator) = match parts.as_slice() {
            [name] if !name.is_empty() => (*name, "eq"),
            [name, operator] => (*name, *operator),
            [name, ..] if self.is_to_many(name) => return faults.add(parameter, "NOT_SUPPORTED", TO_MANY),
            _ => {
                let detail = "filters are written `filter[field]=…` or `filter[field][operator]=…`";
                return faults.add(parameter, "BAD_PARAMETER", detail);
            }
        };
        let names: Vec<&str> = name.split('.').collect();
        let opened = self.opened();
        let is_open = opened.holds(&names);
        let steps = match self.params.schema.walk(self.params.model, &names) {
            Ok(steps) if is_open || self.is_key(&names) => steps,
            _ => return opened.refuse(self.params, parameter, name, faults),
        };
        let Some(field) = steps.last().map(mimsy_schema::schema::Step::field) else { return };
        if field.kind == Kind::Rows {
            return faults.add(parameter, "NOT_SUPPORTED", TO_MANY);
        }
        let fits =
            |operator: Operator| operator.fits(field) && (is_open || matches!(operator, Operator::Eq | Operator::In));
        let known = || Operator::ALL.iter().filter(|(_, one)| fits(*one)).map(|(name, _)| *name);
        let operator = match Operator::by_name(operator) {
            Some(operator) if fits(operator) => operator,
            Some(Operator::IsNull) if is_open => {
                let detail = format!("`{name}` is never null, so there is nothing to ask");
                return faults.add(parameter, "OPERATOR_NOT_ALLOWED", detail);
            }
            Some(_) => {
                let kind = field.kind.name();
                let detail = format!("`{name}` is of the type {kind}, which has {}", listed(known()));
                return faults.add(parameter, "OPERATOR_NOT_ALLOWED", detail);
            }
            None => {
                let hint = match nearest(operator, known()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("`{name}` has {}", listed(known())),
                };
                let detail = format!("there is no operator `{}`; {hint}", told(operator));
                return faults.add(parameter, "UNKNOWN_OPERATOR", detail);
            }
        };
        let path: FieldPath = steps.iter().map(|step| step.field).collect();
        if self.seen.iter().any(|(seen, before)| *seen == path && *before == operator) {
            return faults.add(parameter, "DUPLICATE_PARAMETER", "is there twice, once without its operator");
        }
        self.seen.push((path.clone(), operator));
        match operator.test(field, &pair.value, pair.raw) {
            Ok(test) => self.conditions.push(Condition { path, test }),
            Err(detail) => faults.add(parameter, "BAD_VALUE", detail),
        }
    }

    fn is_key(&self, names: &[&str]) -> bool {
        let model = self.params.model;
        matches!(names, [name] if model.field_index(name).is_some_and(|field| model.key.contains(&field)))
    }

    fn is_to_many(&self, name: &str) -> bool {
        self.params.model.field(name).is_some_and(|field| field.kind == Kind::Rows)
    }
}

const TO_MANY: &str = "filters on a to-many relation (`some`, `every`, `none`) are not there yet";
