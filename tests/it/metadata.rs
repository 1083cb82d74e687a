//! What is said to people about entities and fields: in the schema over HTTP, and in what is exported.

use mimsy::prelude::*;
use mimsy::test;
use mimsy::{Audience, HttpConfig};
use mimsy_tests::cluster;
use serde_json::{Value as Json, json};

/// Asks for money.
#[entity(label = "Bills", help = "One for each \"delivery\".", tags("billing", "sales"))]
#[routes(get)]
#[policy(all = public)]
pub(crate) struct Bill {
    pub id: Id<Self>,
    /// The last day to pay on.
    #[field(label = "Due date", help = "Thirty days from now, as a rule.")]
    pub due: Date,
    /// For whom.
    pub note: String,
    #[field(inverse = bill, label = "Reminders")]
    pub reminders: Many<Reminder>,
}

/// Says it again.
#[entity]
#[routes(get)]
#[policy(all = public)]
pub(crate) struct Reminder {
    pub id: Id<Self>,
    #[field(label = "Of which bill")]
    pub bill: Ref<Bill>,
}

mimsy::schema! { pub(crate) Bills: Bill, Reminder }

#[test]
fn readers_of_the_schema_see_labels_help_and_tags() {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let http = HttpConfig { schema: Audience::Everybody, ..HttpConfig::default() };
            let app = test::start_on(App::new(Bills).http(http), &database.url).await;
            let answer = app.get("/api/_schema").send().await;
            assert_eq!(answer.status(), 200);
            let schema = answer.json();
            let entity = |at: usize| &schema[at]["entity"];
            let told = |of: &Json| json!([of["label"], of["help"], of["doc"]]);
            assert_eq!(told(entity(0)), json!(["Bills", "One for each \"delivery\".", "Asks for money."]));
            assert_eq!(entity(0)["tags"], json!(["billing", "sales"]));
            let fields: Vec<Json> = entity(0)["fields"].as_array().unwrap().iter().map(told).collect();
            assert_eq!(
                fields,
                [
                    json!(["", "", ""]),
                    json!(["Due date", "Thirty days from now, as a rule.", "The last day to pay on."]),
                    json!(["", "", "For whom."]),
                    json!(["Reminders", "", ""]),
                ]
            );
            assert_eq!((told(entity(1)), &entity(1)["tags"]), (json!(["", "", "Says it again."]), &json!([])));
            assert_eq!(entity(1)["fields"][1]["label"], "Of which bill");
            app.app().close().await;
        });
    }
}
