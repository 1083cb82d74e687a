//! Many-to-many: which references an entity between joins by, and what is told where they cannot be found.

use super::*;
use crate::Join;

fn pair(name: &'static str, through: &'static str, inverse: &'static str, onward: &'static str) -> Field {
    let relation = Relation {
        through: through.into(),
        inverse: inverse.into(),
        onward: onward.into(),
        ..to_many(name, "Person", "").relation.unwrap()
    };
    Field { relation: Some(relation), ..field(name, Kind::Rows) }
}

/// How a relation of `Person` to itself over `Friendship`, or of `Team` to `Person` over `Membership`, is joined.
fn joined(of: usize, relation: Field) -> Result<(String, String), String> {
    let mut fragments = vec![
        entity("Person", "people", Vec::new()),
        entity("Team", "teams", Vec::new()),
        entity("Membership", "memberships", vec![to_one("person", "Person"), to_one("team", "Team")]),
        entity(
            "Friendship",
            "friendships",
            vec![to_one("of", "Person"), to_one("friend", "Person"), to_one("witness", "Person")],
        ),
    ];
    add(&mut fragments[of], relation);
    let schema = assemble(fragments).map_err(|found| found.0[0].message.clone())?;
    let Some(Join::Through { entity, near_field, far_field, .. }) =
        schema.models()[of].link(1).map(|link| link.join.clone())
    else {
        panic!("it goes through an entity")
    };
    let name = |field: usize| schema.model(entity).fields()[field].name.to_string();
    Ok((name(near_field), name(far_field)))
}

#[test]
fn the_ends_are_found_or_named() {
    let ends = |near: &str, far: &str| Ok((near.to_owned(), far.to_owned()));
    assert_eq!(joined(1, pair("members", "Membership", "", "")), ends("team", "person"));
    assert_eq!(joined(1, pair("members", "Membership", "team", "person")), ends("team", "person"));
    assert_eq!(joined(0, pair("friends", "Friendship", "of", "friend")), ends("of", "friend"));
    assert_eq!(joined(0, pair("friends", "Friendship", "friend", "of")), ends("friend", "of"));
}

#[test]
fn what_cannot_be_told_is_said_with_the_nearest_names() {
    let told = |of, relation| joined(of, relation).unwrap_err();
    assert_eq!(
        told(1, pair("members", "Membershop", "", "")),
        "the schema does not hold `Membershop`; did you mean `Membership`?"
    );
    assert_eq!(told(1, pair("members", "Friendship", "", "")), "`Friendship` has no reference to `Team`");
    assert_eq!(
        told(1, pair("members", "Membership", "taem", "")),
        "`Membership.taem` is no reference to `Team` that this can go over; did you mean `team`?"
    );
    assert_eq!(
        told(0, pair("friends", "Friendship", "", "")),
        "`Friendship` has several references to `Person`: say `inverse = …`, one of `of`, `friend` and `witness`"
    );
    assert_eq!(
        told(0, pair("friends", "Friendship", "of", "")),
        "`Friendship` has several references to `Person`: say `onward = …`, one of `friend` and `witness`"
    );
    assert_eq!(
        told(0, pair("friends", "Friendship", "of", "of")),
        "`Friendship.of` is no reference to `Person` that this can go over"
    );
}
