use super::*;
use crate::json::sample;

#[test]
fn requests_are_told_apart_by_route_method_and_status() {
    let schema = Arc::new(sample::schema());
    let metrics = Metrics::new(schema.models().len());
    let notes =
        |shape| Route::Entity { schema: Arc::clone(&schema), entity: schema.by_path("notes").unwrap().id, shape };
    let micros = Duration::from_micros;
    for (route, method, status, took) in [
        (Some(notes(Shape::Collection)), Method::GET, 200, micros(50)),
        (Some(notes(Shape::Collection)), Method::GET, 200, micros(51)),
        (Some(notes(Shape::Row)), Method::PATCH, 412, micros(900)),
        (None, Method::GET, 404, micros(1)),
        (None, Method::from_bytes(b"BREW").unwrap(), 418, Duration::from_secs(60)),
        (Some(Route::Page("/metrics".to_owned())), Method::GET, 200, micros(1)),
    ] {
        metrics.answered(route.as_ref(), &method, StatusCode::from_u16(status).unwrap(), took);
    }
    metrics.refused(RefusedBy::Concurrency);
    let gauges = Gauges { under_way: 3, writing: 2, pool: Some((8, 5)), ..Gauges::default() };
    let text = metrics.text(&schema, "/api", gauges);
    for line in [
        "mimsy_http_requests_total{method=\"GET\",route=\"/api/notes\",status=\"200\"} 2",
        "mimsy_http_requests_total{method=\"PATCH\",route=\"/api/notes/{id}\",status=\"412\"} 1",
        "mimsy_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "mimsy_http_requests_total{method=\"other\",route=\"unmatched\",status=\"other\"} 1",
        "mimsy_http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/notes\",le=\"0.00005\"} 1",
        "mimsy_http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/notes\",le=\"0.0001\"} 2",
        "mimsy_http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/notes\",le=\"+Inf\"} 2",
        "mimsy_http_request_duration_seconds_count{method=\"GET\",route=\"/api/notes\"} 2",
        "mimsy_http_request_duration_seconds_sum{method=\"GET\",route=\"/api/notes\"} 0.000101",
        "mimsy_http_request_duration_seconds_bucket{method=\"other\",route=\"unmatched\",le=\"30\"} 0",
        "mimsy_http_request_duration_seconds_bucket{method=\"other\",route=\"unmatched\",le=\"+Inf\"} 1",
        "mimsy_http_requests_in_flight 3",
        "mimsy_http_requests_refused_total{reason=\"rate\"} 0",
        "mimsy_http_requests_refused_total{reason=\"concurrency\"} 1",
        "mimsy_store_writes_pending 2",
        "mimsy_store_connections_idle 5",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
    }
    assert_eq!(text.matches("route=\"/api/tags\"").count(), 0, "what was never asked for is not told");
    well_formed(&text);
}

/// Every sample belongs to the metric that was announced last, and ends in a number.
fn well_formed(text: &str) {
    let mut announced = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
            announced = name.to_owned();
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(&announced) && value.parse::<f64>().is_ok(), "{line}");
        }
    }
    assert!(text.ends_with('\n'));
}

#[test]
fn every_status_has_its_place() {
    assert!(STATUSES.is_sorted() && BOUNDS.is_sorted());
    for status in STATUSES {
        assert_eq!(STATUSES[place(StatusCode::from_u16(status).unwrap())], status);
    }
    assert_eq!(place(StatusCode::IM_A_TEAPOT), STATUSES.len());
}
