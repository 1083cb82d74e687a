use mimsy_schema::{Date, Finite, Fixed, Time, Timestamp, Value};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::json::sample;
use crate::query::{Condition, FieldPath, Include, Quantifier, Sort, Start, Test, Way};

const ID: &str = "00000000-0000-0000-0000-000000000007";

fn read(text: &str) -> Result<Query, Faults> {
    read_as("Invoice", text)
}

fn read_as(entity: &str, text: &str) -> Result<Query, Faults> {
    let schema = sample::schema();
    let cursors = Cursors::new(&[7; 32]);
    let model = schema.by_name(entity).unwrap();
    Params { schema: &schema, model, limits: ParamLimits::default(), cursors: &cursors }.list(text)
}

fn path(name: &str) -> Vec<usize> {
    let schema = sample::schema();
    let names: Vec<&str> = name.split('.').collect();
    schema.walk(schema.by_name("Invoice").unwrap(), &names).unwrap().iter().map(|step| step.field).collect()
}

/// The codes of the faults, with their parameters.
fn wrong(text: &str) -> String {
    match read(text) {
        Ok(query) => format!("{query:?}"),
        Err(faults) => {
            let each = faults.listed.iter().map(|fault| format!("{} {}", fault.parameter, fault.code));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

#[test]
fn filters() {
    let text = |text: &str| Value::Text(text.to_owned());
    let decimal = |unscaled| Value::Decimal(Fixed::new(unscaled, 2));
    for (query, name, test) in [
        ("filter[number]=A", "number", Test::Eq(text("A"))),
        ("filter[number]=", "number", Test::Eq(text(""))),
        ("filter%5Bnumber%5D=A+B%2BC%26", "number", Test::Eq(text("A B+C&"))),
        ("filter[number][eq]=a=b", "number", Test::Eq(text("a=b"))),
        ("filter[number][ne]=A", "number", Test::Ne(text("A"))),
        ("filter[number][lt]=A", "number", Test::Lt(text("A"))),
        ("filter[number][in]=A,B%2CC,", "number", Test::In(vec![text("A"), text("B,C"), text("")])),
        ("filter[number][in]=", "number", Test::In(vec![])),
        ("filter[number][contains]=%25_", "number", Test::Contains("%_".to_owned())),
        ("filter[number][icontains]=a", "number", Test::Icontains("a".to_owned())),
        ("filter[number][starts_with]=a,b", "number", Test::StartsWith("a,b".to_owned())),
        ("filter[number][ends_with]=", "number", Test::EndsWith(String::new())),
        ("filter[status]=paid", "status", Test::Eq(text("paid"))),
        ("filter[status][nin]=paid,sent", "status", Test::Nin(vec![text("paid"), text("sent")])),
        ("filter[total][gte]=100", "total", Test::Gte(decimal(10_000))),
        ("filter[total][gt]=-0.5", "total", Test::Gt(decimal(-50))),
        ("filter[total][between]=1,2.50", "total", Test::Between(decimal(100), decimal(250))),
        ("filter[rank][lte]=7", "rank", Test::Lte(Value::Int(7))),
        ("filter[rank][is_null]=true", "rank", Test::IsNull(true)),
        ("filter[note][is_null]=false", "note", Test::IsNull(false)),
        ("filter[urgent]=false", "urgent", Test::Eq(Value::Bool(false))),
        ("filter[due]=1970-01-01T00:00:00%2B00:00", "due", Test::Eq(Value::Timestamp(Timestamp::UNIX_EPOCH))),
        ("filter[customer.name][contains]=ann", "customer.name", Test::Contains("ann".to_owned())),
        (
            "filter[customer]=00000000-0000-0000-0000-000000000007",
            "customer",
            Test::Eq(Value::Uuid(Uuid::from_u128(7))),
        ),
        ("filter[id]=00000000-0000-0000-0000-000000000007", "id", Test::Eq(Value::Uuid(Uuid::from_u128(7)))),
        ("filter[id][in]=00000000-0000-0000-0000-000000000007", "id", Test::In(vec![Value::Uuid(Uuid::from_u128(7))])),
    ] {
        let condition = Condition::Field { path: path(name), test };
        assert_eq!(read(query).map(|query| query.filter), Ok(vec![condition]), "{query}");
    }
}

#[test]
fn filters_into_rows() {
    let schema = sample::schema();
    let (lines, invoice_lines) = (path("lines"), {
        let line = schema.by_name("Line").unwrap();
        vec![line.field_index("invoice").unwrap(), path("lines")[0]]
    });
    let qty = vec![schema.by_name("Line").unwrap().field_index("qty").unwrap()];
    let field = |path: &FieldPath, test| Condition::Field { path: path.clone(), test };
    let rows = |path: &FieldPath, quantifier, filter| Condition::Rows { path: path.clone(), quantifier, filter };
    let int = Value::Int;
    let count = |test| rows(&lines, Quantifier::Count(test), vec![]);
    let status = field(&path("status"), Test::Eq(Value::Text("paid".to_owned())));
    for (query, expected) in [
        ("filter[lines][some][qty][gt]=3", vec![rows(&lines, Quantifier::Some, vec![field(&qty, Test::Gt(int(3)))])]),
        (
            "filter[lines][some][qty][gt]=3&filter[status]=paid&filter[lines][some][qty][lt]=5",
            vec![
                rows(&lines, Quantifier::Some, vec![field(&qty, Test::Gt(int(3))), field(&qty, Test::Lt(int(5)))]),
                status,
            ],
        ),
        (
            "filter[lines][every][qty]=3&filter[lines][none][qty]=4",
            vec![
                rows(&lines, Quantifier::Every, vec![field(&qty, Test::Eq(int(3)))]),
                rows(&lines, Quantifier::None, vec![field(&qty, Test::Eq(int(4)))]),
            ],
        ),
        ("filter[lines][some]=true", vec![rows(&lines, Quantifier::Some, vec![])]),
        ("filter[lines][some]=false", vec![rows(&lines, Quantifier::None, vec![])]),
        ("filter[lines][none]=true", vec![rows(&lines, Quantifier::None, vec![])]),
        ("filter[lines][none]=false", vec![rows(&lines, Quantifier::Some, vec![])]),
        (
            "filter[lines][none]=true&filter[lines][none][qty]=4",
            vec![
                rows(&lines, Quantifier::None, vec![]),
                rows(&lines, Quantifier::None, vec![field(&qty, Test::Eq(int(4)))]),
            ],
        ),
        ("filter[lines][count]=2", vec![count(Test::Eq(int(2)))]),
        (
            "filter[lines][count][gte]=2&filter[lines][count][lt]=9",
            vec![count(Test::Gte(int(2))), count(Test::Lt(int(9)))],
        ),
        ("filter[lines][count][in]=0,2", vec![count(Test::In(vec![int(0), int(2)]))]),
        (
            "filter[lines][some][invoice.lines][none][qty]=1&filter[lines][some][qty]=2&\
             filter[lines][some][invoice.lines][none][qty][gt]=0",
            vec![rows(
                &lines,
                Quantifier::Some,
                vec![
                    rows(
                        &invoice_lines,
                        Quantifier::None,
                        vec![field(&qty, Test::Eq(int(1))), field(&qty, Test::Gt(int(0)))],
                    ),
                    field(&qty, Test::Eq(int(2))),
                ],
            )],
        ),
    ] {
        assert_eq!(read(query).map(|query| query.filter), Ok(expected), "{query}");
    }
    let id = "filter[lines][some][id][in]=00000000-0000-0000-0000-000000000007";
    assert!(read(id).is_ok(), "a key can always be asked for");
}

/// The test of a condition on a field.
fn test_of(condition: Condition) -> Option<Test> {
    if let Condition::Field { test, .. } = condition { Some(test) } else { None }
}

#[test]
fn filters_of_the_other_kinds() {
    let float = |number| Value::Float(Finite::new(number).unwrap());
    for (query, test) in [
        ("filter[small]=-32768", Test::Eq(Value::Int(-32768))),
        ("filter[medium][in]=1,2147483647", Test::In(vec![Value::Int(1), Value::Int(2_147_483_647)])),
        ("filter[wide]=-9223372036854775808", Test::Eq(Value::Int(i64::MIN))),
        ("filter[ratio][gt]=0.5", Test::Gt(float(0.5))),
        ("filter[ratio][between]=-1e3,1E%2B3", Test::Between(float(-1000.0), float(1000.0))),
        ("filter[raw]=AAEC%2Fw%3D%3D", Test::Eq(Value::Bytes(vec![0, 1, 2, 255]))),
        ("filter[raw][in]=AAEC/w==,", Test::In(vec![Value::Bytes(vec![0, 1, 2, 255]), Value::Bytes(vec![])])),
        ("filter[raw][is_null]=true", Test::IsNull(true)),
        ("filter[day][lte]=2026-11-20", Test::Lte(Value::Date(Date::new(2026, 11, 20)))),
        ("filter[hour][gte]=09:00", Test::Gte(Value::Time(Time::new(9, 0, 0)))),
        ("filter[device]=00000000-0000-0000-0000-000000000007", Test::Eq(Value::Uuid(Uuid::from_u128(7)))),
        ("filter[extra][is_null]=false", Test::IsNull(false)),
        ("filter[tags][contains]=a,b", Test::Has(Value::Text("a,b".to_owned()))),
    ] {
        let tests = read_as("Reading", query).map(|query| query.filter.into_iter().map(test_of).collect());
        assert_eq!(tests, Ok(vec![Some(test)]), "{query}");
    }
    for (query, code) in [
        ("filter[small]=32768", "BAD_VALUE"),
        ("filter[medium]=-2147483649", "BAD_VALUE"),
        ("filter[wide]=9223372036854775808", "BAD_VALUE"),
        ("filter[ratio]=0.5", "OPERATOR_NOT_ALLOWED"),
        ("filter[ratio][in]=0.5", "OPERATOR_NOT_ALLOWED"),
        ("filter[ratio][ne]=0.5", "OPERATOR_NOT_ALLOWED"),
        ("filter[ratio][gt]=NaN", "BAD_VALUE"),
        ("filter[ratio][gt]=inf", "BAD_VALUE"),
        ("filter[ratio][gt]=1e999", "BAD_VALUE"),
        ("filter[raw][gt]=AA==", "OPERATOR_NOT_ALLOWED"),
        ("filter[raw][contains]=AA==", "OPERATOR_NOT_ALLOWED"),
        ("filter[raw]=A", "BAD_VALUE"),
        ("filter[raw]=+/8=", "BAD_VALUE"),
        ("filter[day]=2026-02-29", "BAD_VALUE"),
        ("filter[day][contains]=2026", "OPERATOR_NOT_ALLOWED"),
        ("filter[hour]=24:00", "BAD_VALUE"),
        ("filter[device][gt]=00000000-0000-0000-0000-000000000007", "OPERATOR_NOT_ALLOWED"),
        ("sort=raw", "FIELD_NOT_OPEN"),
        ("filter[extra]={}", "OPERATOR_NOT_ALLOWED"),
        ("filter[extra][contains]=a", "OPERATOR_NOT_ALLOWED"),
        ("sort=extra", "FIELD_NOT_OPEN"),
    ] {
        let codes = read_as("Reading", query).map_err(|faults| faults.listed.iter().map(|one| one.code).collect());
        assert_eq!(codes, Err(vec![code]), "{query}");
    }
    let hint = read_as("Reading", "filter[raw]=+/8=").unwrap_err().listed[0].detail.clone();
    assert_eq!(hint, "a `+` in a URL means a space: write `%2B` for it");
}

#[test]
fn everything_else_of_a_query() {
    let empty = Query { limit: 50, ..Query::default() };
    assert_eq!(read(""), Ok(empty.clone()));
    assert_eq!(read("&&count=none&"), Ok(empty));
    let field = |name: &str| path(name)[0];
    let query = read("sort=-total,customer.name&limit=5000&count=exact&include=customer,lines&fields=number,id,lines");
    let query = query.unwrap();
    assert_eq!(query.sort, [Sort::descending(path("total")), Sort::ascending(path("customer.name"))]);
    assert_eq!((query.limit, query.count), (1000, true));
    for (text, expected) in [
        ("sort=due", Sort::ascending(path("due"))),
        ("sort=due:nulls_last", Sort::ascending(path("due"))),
        ("sort=due:nulls_first", Sort { nulls_first: true, ..Sort::ascending(path("due")) }),
        ("sort=-due:nulls_last", Sort { nulls_first: false, ..Sort::descending(path("due")) }),
        ("sort=-due:nulls_first", Sort::descending(path("due"))),
        ("sort=customer.name:nulls_first", Sort { nulls_first: true, ..Sort::ascending(path("customer.name")) }),
    ] {
        assert_eq!(read(text).map(|query| query.sort), Ok(vec![expected]), "{text}");
    }
    for (text, start) in
        [("offset=0", Start::First), ("offset=7", Start::Offset(7)), ("offset=10000", Start::Offset(10_000))]
    {
        assert_eq!(read(text).map(|query| query.start), Ok(start), "{text}");
    }
    assert_eq!(query.view.fields, Some(vec![field("number"), field("id")]));
    let included: Vec<_> = query.view.include.iter().map(|one| (one.field, one.query.limit)).collect();
    assert_eq!(included, [(field("customer"), 50), (field("lines"), 50)]);
}

#[test]
fn faults() {
    let many = (0..33).map(|i| format!("filter[total][gt]={i}")).collect::<Vec<_>>().join("&");
    let deep = format!("filter[lines][some]{}[qty]=1", "[invoice.lines][some]".repeat(4));
    for (query, expected) in [
        ("x=1", "x UNKNOWN_PARAMETER"),
        ("filtr[total]=1", "filtr[total] UNKNOWN_PARAMETER"),
        ("filter=1", "filter UNKNOWN_PARAMETER"),
        ("search=y", "search UNKNOWN_PARAMETER"),
        ("offset=-1", "offset BAD_OFFSET"),
        ("offset=", "offset BAD_OFFSET"),
        ("offset=1.5", "offset BAD_OFFSET"),
        ("offset=10001", "offset BAD_OFFSET"),
        ("offset=1&before=x", "before CONFLICTING_PARAMETERS"),
        ("after=x&offset=1", "offset CONFLICTING_PARAMETERS"),
        ("before=x&after=y", "after CONFLICTING_PARAMETERS"),
        ("before=", "before CURSOR_INVALID"),
        ("before=nonsense", "before CURSOR_INVALID"),
        ("sort=total:nulls_first", "sort BAD_VALUE"),
        ("sort=-due:nulls", "sort BAD_VALUE"),
        ("sort=due:", "sort BAD_VALUE"),
        ("sort=due:nulls_first,-due", "sort DUPLICATE_FIELD"),
        ("limit=1&limit=1", "limit DUPLICATE_PARAMETER"),
        ("filter[total]=1&filter[total][eq]=1", "filter[total][eq] DUPLICATE_PARAMETER"),
        ("filter[total]=1&filter%5btotal%5d=1", "filter[total] DUPLICATE_PARAMETER"),
        ("filter[number]=%ff", "filter[number] BAD_ENCODING"),
        ("filter[number][in]=a,%ff", "filter[number][in] BAD_ENCODING"),
        ("filter[]=1", "filter[] BAD_PARAMETER"),
        ("filter[total=1", "filter[total BAD_PARAMETER"),
        ("filter[total][gt][lt]=1", "filter[total][gt][lt] BAD_PARAMETER"),
        ("filter[lines]=1", "filter[lines] BAD_PARAMETER"),
        ("filter[lines][]=1", "filter[lines][] UNKNOWN_OPERATOR"),
        ("filter[lines][sme][qty]=1", "filter[lines][sme][qty] UNKNOWN_OPERATOR"),
        ("filter[lines][qty][gt]=1", "filter[lines][qty][gt] UNKNOWN_OPERATOR"),
        ("filter[lines][eq]=1", "filter[lines][eq] UNKNOWN_OPERATOR"),
        ("filter[lines][some]=1", "filter[lines][some] BAD_VALUE"),
        ("filter[lines][some]=", "filter[lines][some] BAD_VALUE"),
        ("filter[lines][every]=true", "filter[lines][every] BAD_PARAMETER"),
        ("filter[lines][some][]=1", "filter[lines][some][] BAD_PARAMETER"),
        ("filter[lines][some][qyt]=1", "filter[lines][some][qyt] UNKNOWN_FIELD"),
        ("filter[lines][some][invoice.total]=1", "filter[lines][some][invoice.total] FIELD_NOT_OPEN"),
        ("filter[lines][some][invoice]=1", "filter[lines][some][invoice] FIELD_NOT_OPEN"),
        ("filter[lines][some][qty][has]=1", "filter[lines][some][qty][has] UNKNOWN_OPERATOR"),
        ("filter[lines][some][qty][contains]=1", "filter[lines][some][qty][contains] OPERATOR_NOT_ALLOWED"),
        ("filter[lines][some][id][gt]=1", "filter[lines][some][id][gt] OPERATOR_NOT_ALLOWED"),
        ("filter[lines][some][qty]=x", "filter[lines][some][qty] BAD_VALUE"),
        ("filter[lines][some][qty][gt][lt]=1", "filter[lines][some][qty][gt][lt] BAD_PARAMETER"),
        (
            "filter[lines][some][qty]=1&filter[lines][some][qty][eq]=1",
            "filter[lines][some][qty][eq] DUPLICATE_PARAMETER",
        ),
        ("filter[lines][count]=x", "filter[lines][count] BAD_VALUE"),
        ("filter[lines][count][qty]=1", "filter[lines][count][qty] UNKNOWN_OPERATOR"),
        ("filter[lines][count][contains]=1", "filter[lines][count][contains] OPERATOR_NOT_ALLOWED"),
        ("filter[lines][count][is_null]=true", "filter[lines][count][is_null] OPERATOR_NOT_ALLOWED"),
        ("filter[lines][count][gt][lt]=1", "filter[lines][count][gt][lt] BAD_PARAMETER"),
        ("filter[lines][count]=1&filter[lines][count][eq]=1", "filter[lines][count][eq] DUPLICATE_PARAMETER"),
        ("filter[customer.invoices][some]=true", "filter[customer.invoices][some] UNKNOWN_FIELD"),
        (&deep, "filter[lines][some][invoice.lines][some][invoice.lines][some][in… TOO_DEEP"),
        ("filter[totl]=1", "filter[totl] UNKNOWN_FIELD"),
        ("filter[_version]=1", "filter[_version] UNKNOWN_FIELD"),
        ("filter[total.x]=1", "filter[total.x] UNKNOWN_FIELD"),
        ("filter[lines.qty]=1", "filter[lines.qty] UNKNOWN_FIELD"),
        ("filter[org]=1", "filter[org] FIELD_NOT_OPEN"),
        ("filter[customer.vip]=true", "filter[customer.vip] FIELD_NOT_OPEN"),
        ("filter[id][gt]=1", "filter[id][gt] OPERATOR_NOT_ALLOWED"),
        ("filter[id][ne]=1", "filter[id][ne] OPERATOR_NOT_ALLOWED"),
        ("filter[total][contains]=1", "filter[total][contains] OPERATOR_NOT_ALLOWED"),
        ("filter[total][is_null]=true", "filter[total][is_null] OPERATOR_NOT_ALLOWED"),
        ("filter[status][gt]=paid", "filter[status][gt] OPERATOR_NOT_ALLOWED"),
        ("filter[status][starts_with]=p", "filter[status][starts_with] OPERATOR_NOT_ALLOWED"),
        ("filter[urgent][in]=true", "filter[urgent][in] OPERATOR_NOT_ALLOWED"),
        ("filter[customer][lt]=x", "filter[customer][lt] OPERATOR_NOT_ALLOWED"),
        ("filter[total][get]=1", "filter[total][get] UNKNOWN_OPERATOR"),
        ("filter[total][]=1", "filter[total][] UNKNOWN_OPERATOR"),
        ("filter[total]=abc", "filter[total] BAD_VALUE"),
        ("filter[total]=1.005", "filter[total] BAD_VALUE"),
        ("filter[total]=99999999999999999999", "filter[total] BAD_VALUE"),
        ("filter[total][between]=1", "filter[total][between] BAD_VALUE"),
        ("filter[total][between]=1,2,3", "filter[total][between] BAD_VALUE"),
        ("filter[rank]=1.0", "filter[rank] BAD_VALUE"),
        ("filter[rank]=", "filter[rank] BAD_VALUE"),
        ("filter[rank]=9007199254740992", "filter[rank] BAD_VALUE"),
        ("filter[rank][is_null]=yes", "filter[rank][is_null] BAD_VALUE"),
        ("filter[urgent]=1", "filter[urgent] BAD_VALUE"),
        ("filter[status]=piad", "filter[status] BAD_VALUE"),
        ("filter[customer]=7", "filter[customer] BAD_VALUE"),
        ("filter[due]=today", "filter[due] BAD_VALUE"),
        ("filter[number]=%00", "filter[number] BAD_VALUE"),
        ("filter[number][contains]=a%00", "filter[number][contains] BAD_VALUE"),
        (&many, "filter[total][gt] DUPLICATE_PARAMETER"),
        ("sort=note", "sort FIELD_NOT_OPEN"),
        ("sort=nope", "sort UNKNOWN_FIELD"),
        ("sort=", "sort BAD_VALUE"),
        ("sort=total,", "sort BAD_VALUE"),
        ("sort=--total", "sort UNKNOWN_FIELD"),
        ("sort=total,-total", "sort DUPLICATE_FIELD"),
        ("limit=0", "limit BAD_LIMIT"),
        ("limit=-1", "limit BAD_LIMIT"),
        ("limit=NaN", "limit BAD_LIMIT"),
        ("limit=", "limit BAD_LIMIT"),
        ("count=yes", "count BAD_VALUE"),
        ("after=", "after CURSOR_INVALID"),
        ("after=nonsense", "after CURSOR_INVALID"),
        ("include=customer(limit:5)", "include BAD_VALUE"),
        ("include=lines(limit:0)", "include BAD_LIMIT"),
        ("include=lines(limit:)", "include BAD_LIMIT"),
        ("include=lines(limit:5,6)", "include UNKNOWN_ARGUMENT"),
        ("include=lines(limit:5,limit:6)", "include DUPLICATE_PARAMETER"),
        ("include=lines()", "include UNKNOWN_ARGUMENT"),
        ("include=lines(5)", "include UNKNOWN_ARGUMENT"),
        ("include=lines(limit)", "include UNKNOWN_ARGUMENT"),
        ("include=lines(include:invoice)", "include UNKNOWN_ARGUMENT"),
        ("include=lines(sort:invoice)", "include FIELD_NOT_OPEN"),
        ("include=lines(sort:qyt)", "include UNKNOWN_FIELD"),
        ("include=lines(sort:qty,-qty)", "include DUPLICATE_FIELD"),
        ("include=lines(sort:qty:nulls_last)", "include BAD_VALUE"),
        ("include=lines(sort:)", "include UNKNOWN_FIELD"),
        ("include=lines(filter[id][gt]:x)", "include OPERATOR_NOT_ALLOWED"),
        ("include=lines(filter[invoice]:x)", "include FIELD_NOT_OPEN"),
        ("include=lines(filter[qty]:1,2)", "include BAD_VALUE"),
        ("include=lines(filter[qty]:\"1)", "include BAD_VALUE"),
        ("include=lines(filter[qty]:1,filter[qty]:2)", "include DUPLICATE_PARAMETER"),
        ("include=lines(filter[qty]:1,filter[qty][eq]:2)", "include DUPLICATE_PARAMETER"),
        ("include=lines(limit:5", "include BAD_VALUE"),
        ("include=lines)", "include BAD_VALUE"),
        ("include=lines(limit:5).invoice(limit:5)", "include BAD_VALUE"),
        ("include=lines(limit:5),lines(limit:5).invoice", "include DUPLICATE_FIELD"),
        ("include=lines(limit:5)x", "include BAD_VALUE"),
        ("include=lines((limit:5))", "include BAD_VALUE"),
        ("include=,lines", "include BAD_VALUE"),
        ("include=lines..invoice", "include BAD_VALUE"),
        ("include=", "include BAD_VALUE"),
        ("include=customer.org", "include FIELD_NOT_OPEN"),
        ("include=lines.invoice.org", "include FIELD_NOT_OPEN"),
        ("include=lines.invoce", "include UNKNOWN_FIELD"),
        ("include=number.x", "include UNKNOWN_FIELD"),
        ("include=lines.invoice,lines.invoice", "include DUPLICATE_FIELD"),
        ("include=org", "include FIELD_NOT_OPEN"),
        ("include=custmer", "include UNKNOWN_FIELD"),
        ("include=customer,customer", "include DUPLICATE_FIELD"),
        ("include=a,b,c,d,e,f,g,h,i", "include TOO_MANY_INCLUDES"),
        ("fields=nmber", "fields UNKNOWN_FIELD"),
        ("fields=customer.name", "fields BAD_VALUE"),
        ("fields=number.x", "fields BAD_VALUE"),
        ("include=customer&fields=customer.nam", "fields UNKNOWN_FIELD"),
        ("include=customer&fields=customer.name.x", "fields BAD_VALUE"),
        ("include=customer&fields=customer.org.name", "fields BAD_VALUE"),
        ("include=customer&fields=customer.name,customer.name", "fields DUPLICATE_FIELD"),
        ("include=customer&fields=customer,customer.name", "fields DUPLICATE_FIELD"),
        ("include=customer&fields=customer.name,customer", "fields DUPLICATE_FIELD"),
        ("include=customer&fields=lines.qty", "fields BAD_VALUE"),
        ("include=lines&fields=lines.invoice.number", "fields BAD_VALUE"),
        ("include=lines.invoice&fields=lines.invoice.lines", "fields BAD_VALUE"),
        ("fields=lines", "fields BAD_VALUE"),
        ("fields=id,id", "fields DUPLICATE_FIELD"),
        ("fields=", "fields BAD_VALUE"),
        (
            "x=1&limit=0&sort=nope&filter[totl]=1",
            "x UNKNOWN_PARAMETER, limit BAD_LIMIT, sort UNKNOWN_FIELD, filter[totl] UNKNOWN_FIELD",
        ),
    ] {
        assert!(wrong(query).starts_with(expected), "{query}: {}", wrong(query));
    }
}

#[test]
fn nested_includes_with_arguments() {
    let schema = sample::schema();
    let at = |entity: &str, name: &str| schema.by_name(entity).unwrap().field_index(name).unwrap();
    let (lines, customer, invoice) = (at("Invoice", "lines"), at("Invoice", "customer"), at("Line", "invoice"));
    let query = |text: &str| read(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let ways = |text: &str| {
        fn walk(includes: &[Include], way: &[usize], into: &mut Vec<Vec<usize>>) {
            for one in includes {
                let way = [way, &[one.field]].concat();
                into.push(way.clone());
                walk(&one.query.view.include, &way, into);
            }
        }
        let mut into = Vec::new();
        walk(&query(text).view.include, &[], &mut into);
        into
    };
    assert_eq!(ways("include=lines.invoice"), [vec![lines], vec![lines, invoice]]);
    let deep = [vec![lines], vec![lines, invoice], vec![lines, invoice, customer], vec![customer]];
    for text in
        ["include=lines.invoice.customer,customer", "include=lines,lines.invoice,customer,lines.invoice.customer"]
    {
        let mut found = ways(text);
        found.sort();
        let mut expected = deep.to_vec();
        expected.sort();
        assert_eq!(found, expected, "{text}");
    }
    let qty = at("Line", "qty");
    let of = |test| Condition::Field { path: vec![qty], test };
    for (text, limit, sort, filter) in [
        ("lines(limit:5)", 5, vec![], vec![]),
        ("lines(limit:5000)", 1000, vec![], vec![]),
        ("lines(sort:-qty)", 50, vec![Sort::descending(vec![qty])], vec![]),
        (
            "lines(sort:-qty,limit:7,filter[qty][in]:1,2,\"3\"),lines.invoice",
            7,
            vec![Sort::descending(vec![qty])],
            vec![of(Test::In([1, 2, 3].map(Value::Int).to_vec()))],
        ),
        ("lines(limit:5).invoice", 5, vec![], vec![]),
        ("lines.invoice,lines(filter[qty]:\"1\")", 50, vec![], vec![of(Test::Eq(Value::Int(1)))]),
        ("lines%28filter%5Bqty%5D%5Bgt%5D%3A3%2Climit%3A2%29", 2, vec![], vec![of(Test::Gt(Value::Int(3)))]),
        ("lines(filter[qty][in]:)", 50, vec![], vec![of(Test::In(vec![]))]),
    ] {
        let include = query(&format!("include={text}")).view.include.remove(0);
        assert_eq!((include.field, include.query.limit), (lines, limit), "{text}");
        assert_eq!((include.query.sort, include.query.filter), (sort, filter), "{text}");
    }
}

#[test]
fn fields_of_included_rows() {
    let schema = sample::schema();
    let at = |entity: &str, name: &str| schema.by_name(entity).unwrap().field_index(name).unwrap();
    let view = |text: &str| read(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}")).view;
    let (number, customer, name) = (at("Invoice", "number"), at("Invoice", "customer"), at("Customer", "name"));
    let one = view("include=customer,lines.invoice&fields=customer.name,number,lines.qty,lines.invoice.number");
    assert_eq!(one.fields, Some(vec![customer, number]));
    assert_eq!(one.include[0].query.view.fields, Some(vec![name]));
    let lines = &one.include[1].query.view;
    assert_eq!(lines.fields, Some(vec![at("Line", "qty"), at("Line", "invoice")]));
    assert_eq!(lines.include[0].query.view.fields, Some(vec![number]));
    let whole = view("include=customer,lines&fields=lines.qty");
    assert_eq!((whole.fields, &whole.include[0].query.view.fields), (Some(vec![]), &None));
}

/// The expression of a `where`, or the first thing that is wrong with it.
fn asked(text: &str) -> Result<mimsy_schema::Expr, String> {
    let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    match read(&format!("where={encoded}")) {
        Ok(mut query) => Ok(query.matching.remove(0)),
        Err(faults) => {
            assert!(faults.listed.iter().all(|fault| fault.parameter == "where"));
            let fault = &faults.listed[0];
            Err(format!("{} {}", fault.code, fault.detail))
        }
    }
}

#[test]
fn conditions_of_a_where() {
    use mimsy_schema::{Expr, Op, Root};
    let row = |name: &str| Expr::path(Root::Row, name.split('.').map(str::to_owned));
    let text = |text: &str| Expr::constant(Value::Text(text.to_owned()));
    let money = |unscaled| Expr::constant(Value::Decimal(Fixed::new(unscaled, 2)));
    let op = |op: Op, operands: Vec<Expr>| Expr::op(op, operands);
    for (written, expected) in [
        ("number == \"A\"", op(Op::Eq, vec![row("number"), text("A")])),
        ("total > -1.5", op(Op::Gt, vec![row("total"), money(-150)])),
        ("100 <= total", op(Op::Le, vec![money(10_000), row("total")])),
        ("urgent", row("urgent")),
        ("!urgent", op(Op::Not, vec![row("urgent")])),
        ("not urgent == false", op(Op::Not, vec![op(Op::Eq, vec![row("urgent"), Expr::bool(false)])])),
        ("note.is_none()", op(Op::IsNone, vec![row("note")])),
        ("customer.name.starts_with(\"A\\\"\")", op(Op::StartsWith, vec![row("customer.name"), text("A\"")])),
        ("status in (\"paid\",\"sent\")", op(Op::In, vec![row("status"), text("paid"), text("sent")])),
        ("number.len() != 3", op(Op::Ne, vec![op(Op::Len, vec![row("number")]), Expr::constant(Value::Int(3))])),
        (
            "urgent && (urgent or urgent) and urgent",
            op(Op::And, vec![row("urgent"), op(Op::Or, vec![row("urgent"), row("urgent")]), row("urgent")]),
        ),
        ("due < now() - days(2)", {
            let micros = Expr::constant(Value::Int(2 * 86_400_000_000));
            op(Op::Lt, vec![row("due"), op(Op::Before, vec![op(Op::Now, vec![]), micros])])
        }),
    ] {
        assert_eq!(asked(written), Ok(expected), "{written}");
    }
    for written in [
        "lines.any(qty > 3 && qty < 9)",
        "lines.all(qty >= 1) || lines.none(invoice.lines.any(qty == 3)) || lines.count() > 2",
        "status == \"paid\" && due >= \"2026-11-20T12:00:00Z\" && rank != 3",
        "id == \"00000000-0000-0000-0000-000000000007\" || id in (\"00000000-0000-0000-0000-000000000007\")",
        "customer == \"00000000-0000-0000-0000-000000000007\"",
    ] {
        assert!(asked(written).is_ok(), "{written}: {:?}", asked(written));
    }
}

#[test]
fn a_where_that_is_none() {
    let deep = |n: usize| format!("{}urgent{}", "(".repeat(n), ")".repeat(n));
    let (deepest, deeper, nots) = (deep(32), deep(33), format!("{}urgent", "!".repeat(1_000)));
    let wide = vec!["urgent"; 33].join("||");
    let long = format!("number == \"{}\"", "x".repeat(16_000));
    let many = format!("rank in ({})", vec!["1"; 1_001].join(","));
    assert!(asked(&deepest).is_ok() && asked(&long).is_ok());
    for (written, expected) in [
        ("", "BAD_EXPRESSION at character 1: it ends where a value is missing"),
        ("total >", "BAD_EXPRESSION at character 8: it ends where a value is missing"),
        ("total", "BAD_EXPRESSION at character 1: this is neither yes nor no: compare it"),
        ("total = 3", "BAD_EXPRESSION at character 7: write `==` for what is equal"),
        ("number == 'A'", "BAD_EXPRESSION at character 11: texts stand in double quotes"),
        ("number == \"A", "BAD_EXPRESSION at character 11: this quote is not closed"),
        ("(urgent", "BAD_EXPRESSION at character 3: it ends where `)` is missing"),
        ("urgent urgent", "BAD_EXPRESSION at character 8: here stands `&&`, `||`, or the end, and not `urgent`"),
        ("urgent)", "BAD_EXPRESSION at character 7: here stands"),
        ("totl > 3", "UNKNOWN_FIELD at character 1: Invoice has no field `totl`; did you mean `total`?"),
        ("urgent && totl > 3", "UNKNOWN_FIELD at character 11:"),
        ("created_at > now()", "FIELD_NOT_OPEN at character 1: `created_at` of Invoice is not open to filters"),
        ("customer.vip", "FIELD_NOT_OPEN at character 1:"),
        ("lines.any(invoice.number == \"A\")", "FIELD_NOT_OPEN at character 11:"),
        ("lines.any(number == \"A\")", "UNKNOWN_FIELD at character 11: Line has no field `number`"),
        ("lines > 3", "BAD_EXPRESSION at character 1: `lines` is a to-many relation: ask `lines.any(…)`"),
        ("number.any(urgent)", "OPERATOR_NOT_ALLOWED at character 8: `any` is asked of a to-many relation"),
        ("total == \"abc\"", "BAD_VALUE at character 10: must be a decimal"),
        ("total == 1.005", "BAD_VALUE at character 10:"),
        ("number == 5", "BAD_VALUE at character 11: must be a text, in quotes"),
        ("rank == \"5\"", "BAD_VALUE at character 9: must be a int, without quotes"),
        ("status == \"piad\"", "BAD_VALUE at character 11: must be one of"),
        ("due == \"today\"", "BAD_VALUE at character 8:"),
        ("number == \"\0\"", "BAD_VALUE at character 11: a text cannot hold"),
        ("note == null", "BAD_EXPRESSION at character 9: nothing is equal to NULL: ask `.is_none()`"),
        ("status > \"paid\"", "OPERATOR_NOT_ALLOWED at character 8:"),
        ("number.is_none()", "OPERATOR_NOT_ALLOWED at character 8: `is_none` is asked of a field that may be null"),
        ("total.contains(\"x\")", "OPERATOR_NOT_ALLOWED at character 7: `contains` is asked of a text"),
        (
            "number.strats_with(\"x\")",
            "UNKNOWN_OPERATOR at character 8: there is no `strats_with()`; did you mean `starts_with`?",
        ),
        ("sleep(5)", "BAD_EXPRESSION at character 1: there is no function `sleep`; there is `now()`"),
        ("1 == 1", "BAD_EXPRESSION at character 1: a literal is compared with a field"),
        ("\"x\" in (\"x\")", "BAD_EXPRESSION at character 1: a field stands before `in`"),
        ("rank in ()", "BAD_EXPRESSION at character 10: here stands a value, and not `)`"),
        ("total > number", "BAD_EXPRESSION decimal is compared with text"),
        ("number == \"A\"; DROP TABLE invoices", "BAD_EXPRESSION at character 14: `;` has no meaning"),
        ("number == \"A\" -- x", "BAD_EXPRESSION at character 15:"),
        ("due < now() - days(999999)", "BAD_EXPRESSION at character 20:"),
        (&deeper, "TOO_DEEP at character 34:"),
        (&nots, "TOO_DEEP at character 34:"),
        (&wide, "TOO_MANY_FILTERS at character"),
        (&many, "TOO_MANY_VALUES at character"),
    ] {
        let found = asked(written).expect_err(written);
        assert!(found.starts_with(expected), "{written}: {found}");
    }
    let nested = "lines.any(invoice.lines.any(invoice.lines.any(invoice.lines.any(invoice.lines.any(qty > 1)))))";
    assert!(asked(nested).expect_err("deep").starts_with("TOO_DEEP"));
    // All of them are told at once.
    assert_eq!(wrong("where=totl%20%3E%203%20or%20rank%20==%20true"), "where UNKNOWN_FIELD, where BAD_VALUE");
}

#[test]
fn too_many_filters() {
    let operators = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "nin", "between"];
    let fields = ["number", "total", "rank", "due"];
    let all: Vec<String> =
        fields.iter().flat_map(|f| operators.iter().map(move |o| format!("filter[{f}][{o}]=1"))).collect();
    assert!(wrong(&all.join("&")).contains("filter TOO_MANY_FILTERS"));
    assert!(!wrong(&all[..32].join("&")).contains("TOO_MANY"));
    let inside = |filters: usize| format!("{}&include=lines(filter[qty]:1)", all[..filters].join("&"));
    assert!(wrong(&inside(32)).contains("filter TOO_MANY_FILTERS"));
    assert!(!wrong(&inside(31)).contains("TOO_MANY"));
}

#[test]
fn faults_teach() {
    for (query, expected) in [
        ("filter[totl]=1", "Invoice has no field `totl`; did you mean `total`?"),
        (
            "sort=note",
            "`note` of Invoice is not open to sorting; open to sorting: `number`, `status`, `total`, `due` and `customer.name`",
        ),
        ("filter[status]=piad", "must be one of `draft`, `sent` and `paid`; did you mean `paid`?"),
        ("filter[total][gtee]=1", "there is no operator `gtee`; did you mean `gte`?"),
        ("filter[urgent][gt]=1", "`urgent` is of the type bool, which has `eq` and `ne`"),
        ("filter=x", "a filter names a field: `filter[number]=…`"),
        (
            "filter[lines]=x",
            "`lines` is a to-many relation: behind it stands `some`, `every`, `none` or `count`, as in `filter[lines][some]=true`",
        ),
        ("filter[lines][qty]=1", "`lines` is a to-many relation: write `filter[lines][some][qty]…`"),
        ("filter[lines][non][qty]=1", "`lines` is a to-many relation; did you mean `filter[lines][none]…`?"),
        ("filter[lines.qty]=1", "`lines` is a to-many relation; a filter on its rows is `filter[lines][some][qty]`"),
        ("filter[lines][some][qyt]=1", "Line has no field `qyt`; did you mean `qty`?"),
        ("filter[lines][count][gtee]=1", "there is no operator `gtee`; did you mean `gte`?"),
        ("filter[lines][every]=true", "what must hold of every row? Name a field of it behind `[every]`"),
        ("include=lines(limt:5)", "at character 7: there is no argument `limt`; did you mean `limit`?"),
        (
            "include=lines(x)",
            "at character 7: behind a to-many relation stand `limit:…`, `sort:…` and `filter[…]:…`, as in `lines(limit:5,sort:-qty)`",
        ),
        ("include=lines(limit=5)", "at character 7: write `limit:…`"),
        (
            "include=lines(include:invoice)",
            "at character 7: what `lines` includes is named by its path: `include=lines.…`",
        ),
        ("include=customer,lines(sort:-qty,qyt)", "at character 26: Line has no field `qyt`; did you mean `qty`?"),
        ("include=lines(limit:5", "at character 6: this `(` is not closed"),
        (
            "include=customer(limit:5)",
            "at character 1: `customer` leads to one row: `limit`, `sort` and `filter` are for to-many relations",
        ),
        ("include=lines.invoic", "Invoice has no field `lines.invoic`; did you mean `lines.invoice`?"),
        ("fields=customer.name", "`customer` is not included: ask for `include=customer`, too"),
        ("include=lines&fields=lines.qyt", "Line has no field `qyt`; did you mean `qty`?"),
        ("limt=5", "there is no parameter `limt`; did you mean `limit`?"),
        ("offset=10001", "must be a whole number up to 10000; follow `page.next` to rows that lie further"),
        ("offset=5&after=x", "`offset` is there, too, and a page starts at one place"),
        ("sort=due:nulls_frist", "behind `due` stands `nulls_frist`; did you mean `nulls_first`?"),
        ("sort=due:x", "behind `due:` stands `nulls_first` and `nulls_last`, and not `x`"),
        ("sort=total:nulls_last", "`total` is never null, so there is nothing to put first or last"),
        (
            "filter[due][gt]=2026-11-20T12:00:00+01:00",
            "a `+` in a URL means a space: write the offset's `+` as `%2B`, or use `Z`",
        ),
    ] {
        let Err(faults) = read(query) else { panic!("{query} is not refused") };
        assert_eq!(faults.listed[0].detail, expected, "{query}");
    }
}

#[test]
fn a_cursor_opens_beside_its_own_query_only() {
    let schema = sample::schema();
    let cursors = Cursors::new(&[7; 32]);
    let values = vec![Value::Decimal(Fixed::new(1, 2)), Value::Uuid(Uuid::from_u128(7))];
    let of = |entity: &str, text: &str| {
        let model = schema.by_name(entity).unwrap();
        Params { schema: &schema, model, limits: ParamLimits::default(), cursors: &cursors }.list(text)
    };
    let query = of("Invoice", "filter[total][gt]=1&filter[number]=A&sort=-total").unwrap();
    let bound = |way| binding(&schema, schema.by_name("Invoice").unwrap(), &query).towards(way);
    let cursor = cursors.seal(&values, bound(Way::Forwards));
    let back = cursors.seal(&values, bound(Way::Backwards));
    for (text, opens) in [
        ("filter[total][gt]=1&filter[number]=A&sort=-total", true),
        ("filter[number]=A&filter[total][gt]=1.00&sort=-total&limit=7&count=exact&fields=id&include=customer", true),
        ("filter[total][gt]=2&filter[number]=A&sort=-total", false),
        ("filter[total][gte]=1&filter[number]=A&sort=-total", false),
        ("filter[number]=A&sort=-total", false),
        ("filter[total][gt]=1&filter[number]=A&sort=total", false),
        ("filter[total][gt]=1&filter[number]=A&sort=-total,number", false),
        ("filter[total][gt]=1&filter[number]=A&sort=-total,due", false),
        ("filter[total][gt]=1&filter[number]=A", false),
        ("filter[total][gt]=1&filter[number]=A&filter[lines][some]=true&sort=-total", false),
    ] {
        let read = of("Invoice", &format!("{text}&after={cursor}"));
        assert_eq!(read.ok().map(|query| query.start), opens.then(|| Start::After(values.clone())), "{text}");
        let read = of("Invoice", &format!("{text}&before={back}"));
        assert_eq!(read.ok().map(|query| query.start), opens.then(|| Start::Before(values.clone())), "{text}");
        // Each leads its own way.
        assert!(of("Invoice", &format!("{text}&after={back}")).is_err());
        assert!(of("Invoice", &format!("{text}&before={cursor}")).is_err());
    }
    let foreign = of("Customer", &format!("after={cursor}")).unwrap_err();
    assert_eq!(foreign, of("Customer", "after=x").unwrap_err(), "one message for all");
}

#[test]
fn a_row_takes_a_view_and_a_write_takes_nothing() {
    let schema = sample::schema();
    let cursors = Cursors::new(&[7; 32]);
    let model = schema.by_name("Invoice").unwrap();
    let params = Params { schema: &schema, model, limits: ParamLimits::default(), cursors: &cursors };
    assert_eq!(params.view("fields=id").unwrap().fields, Some(path("id")));
    assert_eq!(params.view("limit=1&filter[total]=1").unwrap_err().listed.len(), 2);
    assert_eq!(Params::none("").ok(), Some(()));
    assert_eq!(Params::none("fields=id").unwrap_err().listed[0].code, "UNKNOWN_PARAMETER");
    assert!(read(&format!("filter[customer]={ID}")).is_ok());
}

#[test]
fn of_many_faults_the_first_are_told() {
    let numbered =
        |lead: &str, separator: &str| (0..50_000).map(|i| format!("{lead}{i}")).collect::<Vec<_>>().join(separator);
    for (query, total) in [
        (numbered("x", "&"), 50_000),
        // The number of filters is a fault, too.
        (format!("filter[{}]", numbered("x", "]&filter[")), 50_001),
        (numbered("x%ff", "&"), 50_000),
        (vec!["limit=1"; 50_000].join("&"), 49_999),
        (format!("sort={}", numbered("x", ",")), 50_000),
        (format!("sort={}", vec!["total"; 50_000].join(",")), 49_999),
        (format!("fields={}", numbered("x", ",")), 50_000),
        (format!("fields={}", vec!["id"; 50_000].join(",")), 49_999),
    ] {
        let faults = read(&query).unwrap_err();
        assert_eq!((faults.listed.len(), faults.more), (MOST_FAULTS, total - MOST_FAULTS), "{query:.40}");
    }
}

#[test]
fn a_long_name_is_told_in_part() {
    let long = "x".repeat(10_000);
    for query in [
        format!("{long}=1"),
        format!("{long}=%ff"),
        format!("filter.{long}=1"),
        format!("filter[{long}]=1"),
        format!("filter[total][{long}]=1"),
        format!("filter[customer.{long}]=1"),
        format!("filter[status]={long}"),
        format!("sort={long}"),
        format!("include={long}"),
        format!("fields={long}"),
        format!("limit={long}"),
    ] {
        let faults = read(&query).unwrap_err();
        let [fault] = &faults.listed[..] else { panic!("{query:.40}: {}", faults.listed.len()) };
        assert!(fault.parameter.chars().count() <= 65, "{query:.40}");
        assert!(fault.detail.len() < 400 && !fault.detail.contains(&"x".repeat(65)), "{query:.40}: {}", fault.detail);
    }
}

#[test]
fn a_query_without_a_parameter() {
    for (text, expected) in [
        ("", ""),
        ("after=x", ""),
        ("after", ""),
        ("sort=a&after=x&limit=1", "sort=a&limit=1&"),
        ("sort=a&offset=5&after=x", "sort=a&"),
        ("%61fter=x&limit=1&&aft%65r=y", "limit=1&"),
        ("afters=1&b=after=1", "afters=1&b=after=1&"),
    ] {
        assert_eq!(without(text, &["after", "offset"]), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_or_read(text: String) {
        let _ = read(&text);
        let _ = read(&format!("filter[{text}]={text}&sort={text}&fields={text}&include={text}"));
    }
}
