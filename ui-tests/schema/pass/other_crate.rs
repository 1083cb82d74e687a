//! Entities and the actor live in another crate, which knows Mimsy by another name.

use mimsy::prelude::*;
use mimsy_ui_domain::{Org, Role, User};

#[entity(tenant = org)]
#[routes(list(filter(title, author.email, org.name), include(author)), get, create, update)]
#[policy(actor = mimsy_ui_domain::User, read = public, write = role(Editor))]
pub struct Post {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    pub author: Ref<User>,
    pub title: String,
}

#[entity(tenant = post.org)]
pub struct Comment {
    pub id: Id<Self>,
    pub post: Ref<Post>,
    pub text: String,
}

#[policy(actor = User)]
impl Comment {
    #[can(*)]
    fn editors(user: &User, comment: &Comment) -> bool {
        user.role == Role::Editor && comment.post.author.org == user.org
    }
}

mimsy::schema! {
    /// Posts and their people.
    pub Blog: mimsy_ui_domain::Org, User, Post, Comment,
}

fn main() {
    use mimsy::__rt::Source;
    let policies = Blog.parts().iter().filter(|part| part.policy.is_some()).count();
    assert_eq!((Blog.parts().len(), policies), (4, 4));
    assert_eq!(mimsy_ui_domain::People.parts().len(), 2);
    assert_eq!(Blog.parts()[1].entity.fields.len(), 4);
}
