//! Laws of the expansions, whatever an author writes.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

type Macro = fn(TokenStream, TokenStream) -> TokenStream;

/// Each attribute with arguments and an item that use all of it.
fn samples() -> Vec<(Macro, TokenStream, TokenStream)> {
    let entity = quote! {
        /// Money.
        pub struct Invoice {
            #[field(id)]
            pub key: Id<Self>,
            pub org: Ref<Org>,
            #[field(len = 1..=80, pattern = "^a", email, unique(within = org), default = "a", column = "b", login)]
            number: String,
            #[field(min = -1, max = 9.5, scale = 3)]
            total: Option<Decimal>,
            #[field(inverse = invoice)]
            lines: Many<Line>,
            #[field(through = Membership, inverse = invoice, onward = team)]
            teams: Many<Team>,
            #[field(on_delete = set_null)]
            parent: Option<Ref<Self>>,
            #[field(role)]
            role: Role,
            #[cfg(any())]
            #[field(created)]
            made: Timestamp,
            #[field(increment, index, unique)]
            counted: i64,
        }
    };
    let rules = quote! {
        impl Invoice {
            const LIMIT: i64 = 5;
            /// Why.
            #[can(read, update)]
            fn mine(user: &User, invoice: &Invoice) -> bool {
                invoice.org == user.org && !matches!(invoice.role, Role::Admin | Role::Billing)
                    || invoice.total.is_some_and(|total| total > 1.5) && invoice.parent.is_none()
                    || invoice.number.unwrap_or("x") != "y" && invoice.qty <= Self::LIMIT
            }
            #[cannot(update)]
            fn settled(_user: &User, old: &Invoice, _new: &Invoice) -> bool {
                old.paid
            }
            #[must]
            fn wrong(invoice: &Invoice) -> bool {
                invoice.qty + 1 > 2
            }
        }
    };
    let shorthand = quote!(actor = User, read = public, create = authenticated, update = role(Admin, Billing));
    let paths = quote!(list(filter(number, org.name), sort(number), include(org, lines)), get, create, path = "bills");
    vec![
        (
            crate::entity::expand as Macro,
            quote!(tenant = org, table = "bills", index(org, -number, where = |bill| bill.total > 5), unique(org, key)),
            entity.clone(),
        ),
        (crate::policy::expand, shorthand.clone(), entity.clone()),
        (crate::policy::expand, quote!(actor = User), rules),
        (crate::routes::expand, paths, entity),
        (|_, input| crate::schema::expand(input), TokenStream::new(), quote!(pub Shop: Org, users::User, Invoice)),
        (
            |_, item| crate::choice::expand(item),
            TokenStream::new(),
            quote!(
                enum Role {
                    Admin,
                    Billing,
                }
            ),
        ),
    ]
}

/// The tokens as one list, groups opened, spacing left out.
fn flat(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|tree| match tree {
            TokenTree::Group(group) => {
                let mut inner = flat(group.stream());
                inner.insert(0, format!("{:?}", group.delimiter()));
                inner
            }
            other => vec![other.to_string()],
        })
        .collect()
}

fn contains(outer: &[String], inner: &[String]) -> bool {
    outer.windows(inner.len()).any(|window| window == inner)
}

/// Every list of tokens that one sees while it is typed: cut off behind each token, at every depth.
fn prefixes(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut all = vec![TokenStream::new()];
    for n in 0..trees.len() {
        let before = trees[..n].iter().cloned();
        if let TokenTree::Group(group) = &trees[n] {
            for inner in prefixes(&group.stream()) {
                let cut = TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner));
                all.push(before.clone().chain([cut]).collect());
            }
        } else {
            all.push(trees[..=n].iter().cloned().collect());
        }
    }
    all
}

#[test]
fn an_expansion_names_the_runtime_and_nothing_else() {
    for (expand, args, item) in samples() {
        let own = flat(item.clone());
        let words = flat(expand(args, item));
        for (n, word) in words.iter().enumerate() {
            if matches!(word.as_str(), "std" | "alloc" | "mimsy_runtime" | "mimsy_schema") {
                panic!("the expansion of {own:?} names `{word}`");
            }
            if word == "mimsy" {
                assert_eq!(words[n + 3], "__rt", "the expansion of {own:?} names `mimsy` and not its `__rt`");
            }
            // A mistake is told by `::core::compile_error!`.
            if word == "core" {
                assert_eq!(words[n + 3], "compile_error", "the expansion of {own:?} names `core`");
            }
        }
    }
}

#[test]
fn a_half_typed_attribute_never_makes_the_item_vanish() {
    let mut seen = 0;
    for (expand, args, item) in samples() {
        let name = flat(item.clone());
        let name = name.iter().position(|word| word == "struct").map(|at| name[at..].to_vec());
        for args in prefixes(&args) {
            let expansion = flat(expand(args.clone(), item.clone()));
            if let Some(item) = &name {
                assert!(contains(&expansion, item), "`#[…({args})]` swallows its item");
            }
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} prefixes");
}

#[test]
fn a_half_typed_item_never_panics() {
    for (expand, args, item) in samples() {
        for item in prefixes(&item) {
            let _ = expand(args.clone(), item);
        }
    }
}
