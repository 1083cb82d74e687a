//! What `check` says of policies that do not say what they seem to, and the table of those of the example.

use mimsy::prelude::*;
use mimsy_runtime::policy::{prove, table};
use mimsy_schema::Code;

/// Rules that do nothing, each in its own way.
mod idle {
    use mimsy::prelude::*;

    #[derive(Clone, Copy, Enum)]
    pub(super) enum Role {
        Reader,
        Editor,
    }

    #[derive(Clone, Copy, Enum)]
    pub(super) enum Status {
        Draft,
        Live,
    }

    #[entity(tenant = id)]
    #[policy(actor = User, read = authenticated)]
    pub(super) struct Org {
        pub id: Id<Self>,
    }

    #[entity(tenant = org)]
    #[policy(actor = User, all = role(Editor))]
    pub(super) struct User {
        pub id: Id<Self>,
        pub org: Ref<Org>,
        #[field(role)]
        pub role: Role,
    }

    #[entity(tenant = org)]
    pub(super) struct Post {
        pub id: Id<Self>,
        pub org: Ref<Org>,
        pub status: Status,
        pub likes: i64,
    }

    #[policy(actor = User, read = authenticated)]
    impl Post {
        #[can(update)]
        fn both(post: &Post) -> bool {
            post.status == Status::Draft && post.status == Status::Live
        }

        #[can(update)]
        fn editors(user: &User, _post: &Post) -> bool {
            user.role == Role::Editor
        }

        #[can(update)]
        fn popular_editors(user: &User, post: &Post) -> bool {
            user.role == Role::Editor && post.likes > 10
        }

        #[cannot(update)]
        fn live(post: &Post) -> bool {
            post.status == Status::Live
        }

        #[can(delete)]
        fn live_ones(user: &User, post: &Post) -> bool {
            user.role == Role::Editor && post.status == Status::Live
        }

        #[cannot(delete)]
        fn live_stay(post: &Post) -> bool {
            !(post.status == Status::Draft)
        }

        #[cannot(create)]
        fn nobody(post: &Post) -> bool {
            post.likes >= 0 || post.likes < 0
        }
    }

    /// It forgot its tenant.
    #[entity]
    #[policy(actor = User, read = authenticated)]
    pub(super) struct Comment {
        pub id: Id<Self>,
        #[field(on_delete = cascade)]
        pub post: Ref<Post>,
    }

    mimsy::schema! { pub(super) Idle: Org, User, Post, Comment }
}

#[test]
fn what_does_nothing_is_told_at_its_rule() {
    let schema = App::new(idle::Idle).check().unwrap();
    let found = prove(&schema);
    let told: Vec<(Code, &str)> = found.0.iter().map(|one| (one.code, one.place.as_str())).collect();
    let expected = [
        (Code::RuleNever, "Post::both"),
        (Code::RuleSubsumed, "Post::popular_editors"),
        (Code::RuleDead, "Post::live_ones"),
        (Code::RuleAlways, "Post::nobody"),
        (Code::NoFence, "Comment.post"),
    ];
    assert_eq!(told, expected, "{found}");
    let rule = &found.0[0];
    assert!(rule.at.file.ends_with("proofs.rs") && rule.at.line > 0, "{rule}");
    let fence = found.0.iter().find(|one| one.code == Code::NoFence).unwrap();
    assert_eq!(fence.help, "say `#[entity(tenant = post.org)]`");
}

#[test]
fn the_example_says_what_it_means() {
    let schema = invoices::app().check().unwrap();
    let found = prove(&schema);
    assert_eq!(found.0, [], "{found}");
}

#[test]
fn the_table_tells_each_role_apart() {
    let schema = invoices::app().check().unwrap();
    let text = table(&schema).to_text();
    let of = |entity: &str| -> Vec<&str> {
        let lines = text.lines().skip_while(move |line| !line.starts_with(entity)).skip(1);
        lines.take_while(|line| line.starts_with("  ")).collect()
    };
    let cells = |line: &str| -> Vec<String> {
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let customers: Vec<Vec<String>> = of("Customer").into_iter().map(cells).collect();
    assert_eq!(customers[0], ["read", "no", "yes", "yes", "yes"], "{text}");
    assert_eq!(customers[1], ["create", "no", "no", "yes", "yes"], "{text}");
    let invoices: Vec<Vec<String>> = of("Invoice").into_iter().map(cells).collect();
    assert_eq!(invoices[3][..3], ["delete", "no", "no"], "{text}");
    assert!(invoices[3][3].starts_with("if "), "{text}");
    assert_eq!(invoices[0], ["read", "no", "yes", "yes", "yes"], "{text}");
    assert!(text.contains(": invoice.status != \"paid\""), "{text}");
    let markdown = table(&schema).to_markdown();
    assert!(markdown.contains("| | nobody | viewer | billing | admin |"), "{markdown}");
}
