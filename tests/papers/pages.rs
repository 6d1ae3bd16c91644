//! The pages: whole, alone, with headings in their order and tables that say what their columns are.

use super::{deployment, paper, papers, renderer, support};
use std::fs;
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::papers::{Index, Paper};

#[test]
fn a_page_asks_nobody_and_says_its_language() {
    for paper in papers(&deployment("voorbeeldstad")) {
        let page = paper.page(renderer()).unwrap();
        assert!(page.contains(&format!("<html lang=\"{}\">", paper.language.code())), "{}", paper.stem());
        for asking in ["<script", "src=", "@import", "url(", "http-equiv=\"refresh\"", "<iframe", "<form"] {
            assert!(!page.contains(asking), "{} has {asking}", paper.stem());
        }
        assert_eq!(page.matches("<link").count(), 1, "only the empty icon");
        assert!(page.contains("@page { size: A4"));
    }
}

#[test]
fn headings_go_down_one_by_one_and_tables_have_heads() {
    for (name, deployment) in support::deployments() {
        for paper in papers(&deployment) {
            let page = paper.body();
            let mut level = 0;
            for heading in page.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)) {
                assert!(heading <= level + 1, "{name} {}: a heading of level {heading} after {level}", paper.stem());
                level = heading;
            }
            assert_eq!(page.matches("<h1").count(), 1, "{}", paper.stem());
            let tables = page.matches("<table>").count();
            assert_eq!(page.matches("<thead>").count(), tables);
            assert_eq!(page.matches("<th scope=\"col\">").count(), page.matches("<th").count() - tables);
            let columns: Vec<usize> = page
                .split("<table>")
                .skip(1)
                .map(|table| table.split("</table>").next().unwrap())
                .flat_map(|table| {
                    let head = table.matches("<th scope").count();
                    table
                        .split("<tr><td>")
                        .skip(1)
                        .map(move |row| head.abs_diff(row.split("</tr>").next().unwrap().matches("</td>").count()))
                })
                .collect();
            assert!(columns.iter().all(|more| *more == 0), "{name} {}: a row has other columns", paper.stem());
            // Two regions of one name would be one to who only hears them.
            for id in page.split("aria-labelledby=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert_eq!(page.matches(&format!("aria-labelledby=\"{id}\"")).count(), 1, "{} {id}", paper.stem());
                assert!(page.contains(&format!(" id=\"{id}\"")), "{} {id}", paper.stem());
            }
        }
    }
}

#[test]
fn the_served_statement_is_the_paper() {
    for (name, deployment) in support::deployments() {
        let claims = support::claims(renderer(), &deployment, Release::Debian12);
        for language in &deployment.languages {
            let served =
                support::text(&claims, &format!("/usr/local/share/vc4all/www/{}/privacy.html", language.code()));
            let written = paper(Paper::Statement, *language, &deployment);
            assert!(served.contains(written.body().trim()), "{name} {language:?}");
        }
    }
}

#[test]
fn the_list_leads_to_each_paper_and_counts_the_blanks() {
    let deployment = deployment("voorbeeldstad");
    let all = papers(&deployment);
    for language in Language::ALL {
        let papers: Vec<_> = all.iter().filter(|paper| paper.language == language).cloned().collect();
        let index = Index::of(&papers, &deployment, renderer()).unwrap();
        for paper in &papers {
            for ending in ["md", "html"] {
                let name = format!("{}.{ending}", paper.stem());
                assert!(index.page.contains(&format!("<a href=\"{name}\">{name}</a>")), "{name}");
                assert!(index.markdown.contains(&format!("]({name})")), "{name}");
            }
        }
        let blanks: usize = papers.iter().map(|paper| paper.blanks).sum();
        assert!(index.markdown.contains(&format!(" {blanks} ")));
    }
}

#[test]
fn every_page_is_sound() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/sound.py");
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        eprintln!("left out: python3 is missing, so the pages of the papers are not read by another parser");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for (name, deployment) in support::deployments() {
        for paper in papers(&deployment) {
            fs::write(folder.path().join(format!("{name}-{}.html", paper.stem())), paper.page(renderer()).unwrap())
                .unwrap();
            count += 1;
        }
    }
    let output = Command::new("python3").arg(script).arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.trim(), format!("{count} pages"), "{}", String::from_utf8_lossy(&output.stderr));
}
