//! Many rows over the typed Rust API.

use mimsy::prelude::*;

use super::{ANN, Account, Clerk, EVE, on_every_database};

fn draft(number: i64, limit: i64) -> Draft<Account> {
    Draft::<Account> {
        firm: None,
        number,
        tag: None,
        holder_name: "a".to_owned(),
        above_number: None,
        limit,
        hidden: None,
        open: None,
    }
}

/// Pointers and codes.
fn told(error: &Error) -> Vec<String> {
    error.violations().iter().map(|one| format!("{} {}", one.pointer, one.code)).collect()
}

#[test]
fn many_rows_are_written_as_a_whole() {
    on_every_database(async |books| {
        let app = books.app.app();
        let ann = app.system("a test").list::<Clerk>().eq("login", "ann".to_owned()).page().await.unwrap().rows;
        let (ann, firm) = (app.as_actor(&ann[0]), books.firms[ANN]);
        let keys = ann.create_many::<Account>(vec![draft(3, 1), draft(1, 2), draft(2, 3)]).await.unwrap();
        assert_eq!(keys.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [3, 1, 2], "in the order of the drafts");

        let patch = |limit| Patch::<Account>::default().limit(limit);
        let patches = vec![((firm, 1), patch(10)), ((firm, 3), patch(30))];
        let rows = ann.update_many::<Account>(patches).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.number, row.limit)).collect::<Vec<_>>(), [(1, 10), (3, 30)]);

        let wrong = ann.update_many::<Account>(vec![((firm, 1), patch(11)), ((firm, 2), patch(-1))]).await.unwrap_err();
        assert_eq!((wrong.kind(), told(&wrong)), (ErrorKind::Invalid, vec!["/1/limit MIN".to_owned()]));
        let missing = ann.delete_many::<Account>(vec![(firm, 1), (firm, 9), (books.firms[EVE], 1)]).await.unwrap_err();
        let expected = vec!["/1 NOT_FOUND".to_owned(), "/2 NOT_FOUND".to_owned()];
        assert_eq!((missing.kind(), told(&missing)), (ErrorKind::NotFound, expected));
        let twice = ann.delete_many::<Account>(vec![(firm, 1), (firm, 1)]).await.unwrap_err();
        assert_eq!((twice.kind(), told(&twice)), (ErrorKind::Invalid, vec!["/1 DUPLICATE_ID".to_owned()]));
        let taken = ann.create_many::<Account>(vec![draft(7, 1), draft(2, 1), draft(7, 1)]).await.unwrap_err();
        let expected = vec!["/1/number DUPLICATE".to_owned(), "/2/number DUPLICATE".to_owned()];
        assert_eq!((taken.kind(), told(&taken)), (ErrorKind::Duplicate, expected));
        let limits = ann.list::<Account>().sort("number").page().await.unwrap().rows;
        assert_eq!(limits.iter().map(|row| row.limit).collect::<Vec<_>>(), [10, 3, 30], "nothing of these is left");

        ann.delete_many::<Account>(vec![(firm, 1), (firm, 3)]).await.unwrap();
        assert_eq!(ann.list::<Account>().page().await.unwrap().rows.len(), 1);
        assert!(ann.create_many::<Account>(Vec::new()).await.unwrap().is_empty());
        assert!(ann.update_many::<Account>(Vec::<((Id<super::Firm>, i64), _)>::new()).await.unwrap().is_empty());
    });
}

#[test]
fn more_than_one_statement_holds_are_one_whole() {
    on_every_database(async |books| {
        let app = books.app.app();
        let (system, firm) = (app.system("a test"), books.firms[ANN]);
        let own = |number| Draft::<Account> { firm: Some(firm.into()), ..draft(number, 1) };
        system.create_many::<Account>((0..2500).map(own).collect()).await.unwrap();
        let patches = (0..2500).map(|number| {
            let patch = Patch::<Account>::default().tag(Some(format!("tag {number}")));
            ((firm, number), if number % 2 == 0 { patch.limit(number % 100) } else { patch })
        });
        let rows = system.update_many::<Account>(patches).await.unwrap();
        assert_eq!((rows.len(), rows[2499].tag.as_deref(), rows[2498].limit), (2500, Some("tag 2499"), 98));
        let twice = system.create_many::<Account>((2400..2600).map(own).collect()).await.unwrap_err();
        assert_eq!((twice.kind(), told(&twice).len()), (ErrorKind::Duplicate, 100));
        let nowhere = |number| Draft::<Account> {
            holder_name: if number == 3001 { "nobody".to_owned() } else { "a".to_owned() },
            ..own(number)
        };
        let dangling = system.create_many::<Account>((3000..3003).map(nowhere).collect()).await.unwrap_err();
        assert_eq!(told(&dangling), ["/1/holder_name REFERENCE_NOT_FOUND"], "the system is told, too");
        system.delete_many::<Account>((0..2500).map(|number| (firm, number))).await.unwrap();
        assert_eq!(system.list::<Account>().page().await.unwrap().rows.len(), 0);
    });
}
