//! `index(org, -created_at)`, `unique(org, number, where = |invoice| …)`: each as often as there are indexes.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{Expr, ExprUnary, Ident, UnOp};

use crate::attr::{self, Dotted};
use crate::errors::{self, Errors};
use crate::policy::Condition;

/// An index over several fields, or of some rows.
pub(in crate::entity) struct Index {
    pub(in crate::entity) span: Span,
    pub(in crate::entity) unique: bool,
    pub(in crate::entity) inverted: bool,
    /// Its fields, and whether the greatest comes first.
    pub(in crate::entity) fields: Vec<(Ident, bool)>,
    pub(in crate::entity) condition: Option<Condition>,
}

const FIELDS: &str = "name fields of this entity, as in `index(org, -created_at)`; `-` puts the greatest first";

/// Take the indexes out of the arguments of `#[entity(…)]`; answers the others.
pub(super) fn take(tokens: TokenStream, errors: &mut Errors) -> (TokenStream, Vec<Index>) {
    let (mut rest, mut indexes) = (Vec::new(), Vec::new());
    for item in attr::split(tokens) {
        let trees: Vec<TokenTree> = item.clone().into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(key), TokenTree::Group(list)]
                if (key == "index" || key == "unique") && list.delimiter() == Delimiter::Parenthesis =>
            {
                indexes.push(Index::read(key, list.stream(), errors));
            }
            [TokenTree::Ident(key), ..] if key == "index" || key == "unique" => {
                errors.on(&item, format!("name its fields: `{key}(org, number)`"));
            }
            _ => rest.push(item),
        }
    }
    let comma = |item: TokenStream| item.into_iter().chain([TokenTree::from(comma())]).collect::<TokenStream>();
    (rest.into_iter().map(comma).collect(), indexes)
}

fn comma() -> proc_macro2::Punct {
    proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone)
}

impl Index {
    /// An index over one field, which says so itself.
    pub(in crate::entity) fn of(field: &Ident, span: Span, inverted: bool) -> Self {
        Self { span, unique: false, inverted, fields: vec![(field.clone(), false)], condition: None }
    }

    fn read(key: &Ident, tokens: TokenStream, errors: &mut Errors) -> Self {
        let unique = key == "unique";
        let mut index = Self { span: key.span(), unique, inverted: false, fields: Vec::new(), condition: None };
        let mut told = false;
        let mut items = attr::split(tokens).into_iter();
        while let Some(item) = items.next() {
            let mut trees = item.clone().into_iter();
            match (trees.next(), trees.next()) {
                (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(equals)))
                    if word == "where" && equals.as_char() == '=' =>
                {
                    // The last; a comma in it is its own.
                    let rest = items.by_ref().flat_map(|item| [TokenTree::from(comma())].into_iter().chain(item));
                    index.condition = Condition::read(word.span(), trees.chain(rest).collect(), errors);
                }
                (Some(TokenTree::Ident(word)), None) if word == "gin" => index.inverted = true,
                _ => {
                    let field = errors.keep(field(item));
                    told |= field.is_none();
                    index.fields.extend(field);
                }
            }
        }
        if index.fields.is_empty() && !told {
            errors.at(key.span(), FIELDS);
        }
        if unique && index.inverted {
            errors.at(key.span(), "`gin` holds what is inside of values, which is never unique: say `index(…, gin)`");
        }
        index
    }
}

fn field(item: TokenStream) -> syn::Result<(Ident, bool)> {
    let unread = syn::Error::new(errors::span(&item), FIELDS);
    let expr: Expr = syn::parse2(item).map_err(|_| unread.clone())?;
    let (expr, descending) = match expr {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => (*expr, true),
        other => (other, false),
    };
    match Dotted::of(&expr)?.0.as_slice() {
        [name] => Ok((name.clone(), descending)),
        _ => Err(syn::Error::new_spanned(expr, "an index holds fields of its own entity, not of another one")),
    }
}
