//! Paths through relations, NULL or not, and a path of one's own.

use mimsy::prelude::*;

#[entity]
#[policy(read = public, create = public)]
#[routes(
    list(
        filter(id, name, parent, parent.name, parent.parent.r#type, children, r#type),
        sort(name, parent.name, id),
        include(parent, children, children.parent.children),
    ),
    get,
    create,
    path = "tree-nodes",
)]
pub struct Node {
    pub id: Id<Self>,
    pub name: String,
    pub r#type: String,
    pub parent: Option<Ref<Self>>,
    #[field(inverse = parent)]
    pub children: Many<Self>,
}

fn main() {
    let routes = Node::__ONE_ROUTES_PER_ENTITY.unwrap();
    assert_eq!(routes.path, "tree-nodes");
    assert_eq!(routes.actions.iter().map(|action| action.name.as_str()).collect::<Vec<_>>(), ["list", "get", "create"]);
    assert_eq!(routes.filter[4].iter().map(|step| step.as_str()).collect::<Vec<_>>(), ["parent", "parent", "type"]);
    assert_eq!((routes.filter.len(), routes.sort.len(), routes.include.len()), (7, 3, 3));
}
