//! Children in need census returns, one an authority and year, that grow part by part.

use super::super::scenario::Scenario;
use super::{Fault, cin};
use crate::history::History;
use crate::io::atomic;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The returns of a simulation, kept aside until all are whole.
pub(super) struct Returns {
    folder: PathBuf,
    aside: tempfile::TempDir,
    years: std::ops::RangeInclusive<i32>,
    /// Place of the authority and census year of those that have begun.
    begun: BTreeMap<(usize, i32), String>,
}

impl Returns {
    pub(super) fn begin(scenario: &Scenario, folder: &Path) -> Result<Self, Fault> {
        let fault = |e| (folder.to_owned(), e);
        fs::create_dir_all(folder).map_err(fault)?;
        let aside = atomic::aside(folder).map_err(fault)?;
        let years = scenario.start.census_year()..=scenario.end.census_year();
        Ok(Self { folder: folder.to_owned(), aside, years, begun: BTreeMap::new() })
    }

    /// Adds the children of a part. Files are opened one at a time: a country has more than a system lets a program hold.
    pub(super) fn add(&mut self, history: &History) -> Result<(), Fault> {
        let mut texts: BTreeMap<(usize, i32), String> = BTreeMap::new();
        for place in 0..history.children.len() {
            let authority = usize::from(history.children.authority[place]);
            for year in self.years.clone() {
                cin::child(history, place, year, texts.entry((authority, year)).or_default());
            }
        }
        for ((authority, year), text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            // A return begins with its first child: the census knows none without.
            let lea = lea(*authority);
            let name = format!("{lea}_{year}.xml");
            if self.begun.insert((*authority, *year), name.clone()).is_none() {
                self.append(&name, &cin::head(&lea, *year))?;
            }
            self.append(&name, text)?;
        }
        Ok(())
    }

    fn append(&self, name: &str, text: &str) -> Result<(), Fault> {
        let path = self.aside.path().join(name);
        let write = || {
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            file.write_all(text.as_bytes())
        };
        write().map_err(|e| (self.folder.join(name), e))
    }

    /// Ends every return and gives it its place; their names.
    pub(super) fn finish(self) -> Result<Vec<String>, Fault> {
        for name in self.begun.values() {
            self.append(name, cin::TAIL)?;
        }
        let mut names = Vec::new();
        for name in self.begun.into_values() {
            let to = self.folder.join(&name);
            fs::rename(self.aside.path().join(&name), &to).map_err(|e| (to, e))?;
            names.push(name);
        }
        Ok(names)
    }
}

/// The code of an authority: below 201, where the codes of real authorities begin.
fn lea(authority: usize) -> String {
    format!("{:03}", authority + 1)
}
