use super::*;
use crate::{Kind, List};

const fn named(name: &'static str) -> Field {
    Field { name: Text::Static(name), column: Text::Static(name), ..Field::EMPTY }
}

const FIELDS: &[Field] = &[named("title"), named("body")];
const POST: Entity = Entity { table: Text::Static("posts"), fields: List::Static(FIELDS), ..Entity::EMPTY };
const HASH: u128 = model_hash(&[&POST]);

#[test]
fn a_constant_and_an_owned_model_have_one_hash() {
    let owned = Entity {
        table: "posts".to_owned().into(),
        fields: FIELDS
            .iter()
            .map(|field| Field { label: "Label".into(), help: "Help".into(), ..field.clone() })
            .collect(),
        doc: "Docs, labels, tags and the name in Rust are no part of it.".into(),
        label: "Posts".into(),
        help: "What is written.".into(),
        tags: vec![Text::Static("writing")].into(),
        ..Entity::EMPTY
    };
    assert_eq!(model_hash(&[&owned]), HASH);
}

#[test]
fn the_order_of_entities_does_not_matter_and_each_column_does() {
    let other = Entity { table: "tags".into(), ..Entity::EMPTY };
    assert_eq!(model_hash(&[&POST, &other]), model_hash(&[&other, &POST]));
    for change in [
        Field { column: "headline".into(), ..named("title") },
        Field { kind: Kind::Int, ..named("title") },
        Field { nullable: true, ..named("title") },
    ] {
        let changed = Entity { fields: vec![change, named("body")].into(), table: "posts".into(), ..Entity::EMPTY };
        assert_ne!(model_hash(&[&changed]), HASH);
    }
}
