//! The rows that every subject stores: the same for the same number, so that all serve the same data.

/// How many rows a table holds at first.
pub(crate) const ROWS: u64 = 100_000;

/// The organisations, which share the rows evenly. The caller belongs to the first.
pub(crate) const ORGS: [&str; 2] = ["Acme", "Globex"];

/// Who calls.
pub(crate) const EMAIL: &str = "ada@acme.test";

/// The states of an item.
pub(crate) const STATUSES: [&str; 4] = ["planned", "stocked", "reserved", "retired"];

const THINGS: [&str; 8] = [
    "Galvanised bracket",
    "Rocket skate, left",
    "Giant horseshoe magnet",
    "Bird seed, 25 kg",
    "Portable hole",
    "Tornado kit, mild",
    "Anvil, air-dropped",
    "Earthquake pill",
];

/// What a caller says of one item.
pub(crate) struct Sample {
    pub(crate) sku: String,
    pub(crate) title: String,
    /// A position in [`STATUSES`].
    pub(crate) status: usize,
    pub(crate) quantity: i64,
    pub(crate) cents: i64,
    pub(crate) active: bool,
    pub(crate) note: Option<String>,
}

impl Sample {
    pub(crate) fn new(number: u64) -> Self {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let pick = |many: u64| usize::try_from(mixed % many).unwrap_or(0);
        let signed = |many: u64| i64::try_from(mixed % many).unwrap_or(0);
        Self {
            sku: format!("SKU-{number:08}"),
            title: format!("{} {number}", THINGS[pick(8)]),
            status: pick(4),
            quantity: signed(5000),
            cents: 100 + signed(1_000_000),
            active: !mixed.is_multiple_of(10),
            note: number.is_multiple_of(3).then(|| format!("Shelf {}", mixed % 977)),
        }
    }

    /// As the body of a request that creates it.
    pub(crate) fn body(&self, org: &str) -> String {
        let note = self.note.as_ref().map_or_else(|| "null".to_owned(), |note| format!("\"{note}\""));
        format!(
            r#"{{"org":"{org}","sku":"{}","title":"{}","status":"{}","quantity":{},"price":"{}.{:02}","active":{},"note":{note}}}"#,
            self.sku,
            self.title,
            STATUSES[self.status],
            self.quantity,
            self.cents / 100,
            self.cents % 100,
            self.active,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_and_the_same_each_time() {
        for number in 0..1000 {
            let body = Sample::new(number).body("o");
            let read: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!(read["sku"], format!("SKU-{number:08}"));
            assert_eq!(body, Sample::new(number).body("o"));
        }
    }
}
