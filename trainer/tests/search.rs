//! Architecture search: trials as processes, results that persist, charts of the fronts.

use std::fs;

mod program;

use program::{sinapse, small_data, text};

#[test]
fn a_search_resumes_where_its_results_end_and_runs_nothing_twice() {
    let data = small_data(400);
    let out = data.path().join("search");
    let budget = ["--flash", "3000", "--cycles", "20000", "--trials", "3", "--epochs", "2", "--jobs", "2"];
    let search = |more: &[&str]| {
        let mut arguments = vec!["search", "--out", text(&out), "--data", text(data.path())];
        arguments.extend(budget);
        arguments.extend(more);
        let output = sinapse(&arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{message}");
        (String::from_utf8(output.stdout).expect("UTF-8"), message)
    };
    // Runs nothing: the recipes are for other machines, one of which runs a trial here.
    let (planned, _) = search(&["--generations", "1", "--plan"]);
    let recipes: Vec<&str> = planned.lines().collect();
    assert_eq!(recipes.len(), 3, "{planned}");
    let line = sinapse(&["trial", "--recipe", recipes[0], "--data", text(data.path())]);
    let result: serde_json::Value = serde_json::from_slice(&line.stdout).expect("one line of JSON");
    assert!(result["weight_bytes"].as_u64().is_some_and(|bytes| bytes > 0 && bytes <= 3_000), "{result}");
    let key = result["key"].as_str().expect("a key");
    fs::write(out.join("results").join(key).with_extension("json"), &line.stdout).expect("a result");

    let (_, message) = search(&["--generations", "1"]);
    assert!(message.contains("2 trials to run"), "{message}");
    let (front, message) = search(&["--generations", "2", "--json"]);
    assert!(message.contains("generation 2 of 2: 3 trials"), "{message}");
    assert!(front.lines().count() >= 2, "{front}");
    let svg = fs::read_to_string(out.join("front-bytes.svg")).expect("a chart");
    assert!(svg.contains("6 trials") || svg.contains("trials on"), "{svg}");
    let (again, message) = search(&["--generations", "2", "--json"]);
    assert_eq!((again, message.contains("to run")), (front, false));

    let (planned, _) = search(&["--generations", "2", "--plan"]);
    assert_eq!(planned, "", "nothing is left to run");

    // Another search must not write into this folder.
    let mut other = vec!["search", "--out", text(&out), "--data", text(data.path()), "--flash", "2000"];
    other.extend(["--trials", "3", "--epochs", "2"]);
    let output = sinapse(&other);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("another budget"));
}
