//! Downloading MNIST: two mirrors, checksums, resumable.

use std::fs::{self, OpenOptions};
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::error::DataError;

/// Public copies of the four original files.
pub const MIRRORS: [&str; 2] =
    ["https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"];

/// The gzip files and their SHA-256.
const ARCHIVES: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    ("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    ("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    ("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
];

/// Longest wait for a connection, and for the next bytes.
const PATIENCE: Duration = Duration::from_secs(8);

/// Fetches the four files into `folder`, each from the first mirror that gives it whole; what is there already is kept.
///
/// A broken-off file stays as `.part` and is continued the next time.
///
/// # Errors
///
/// A file that no mirror gives, or that cannot be written.
pub fn download(folder: &Path, mirrors: &[&str]) -> Result<(), DataError> {
    let unwritable = |source| DataError::Unwritable { path: folder.into(), source };
    fs::create_dir_all(folder).map_err(unwritable)?;
    ARCHIVES.iter().try_for_each(|(name, sha256)| fetch(folder, name, sha256, mirrors))
}

/// Fetches one file.
fn fetch(folder: &Path, name: &str, sha256: &str, mirrors: &[&str]) -> Result<(), DataError> {
    let path = folder.join(name);
    if fs::read(&path).is_ok_and(|bytes| hex(&bytes) == sha256) {
        eprintln!("{name}: already there");
        return Ok(());
    }
    let part = folder.join(format!("{name}.part"));
    let mut reason = "no mirror is known".to_string();
    for mirror in mirrors {
        let url = format!("{mirror}/{name}");
        match continue_part(&url, &part).and_then(|()| check(&part, sha256)) {
            Ok(()) => return fs::rename(&part, &path).map_err(|source| DataError::Unwritable { path, source }),
            Err(failure) => {
                eprintln!("{url}: {failure}");
                reason = format!("{url}: {failure}");
            }
        }
    }
    Err(DataError::Download { file: name.into(), reason, folder: folder.into() })
}

/// Appends to `part` what is missing of `url`.
fn continue_part(url: &str, part: &PathBuf) -> Result<(), String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(PATIENCE))
        .timeout_resolve(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_recv_body(Some(Duration::from_secs(600)))
        .build()
        .into();
    let have = part.metadata().map_or(0, |metadata| metadata.len());
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
    }
    let mut response = match request.call() {
        // Nothing is missing: the checksum decides.
        Err(ureq::Error::StatusCode(416)) => return Ok(()),
        answer => answer.map_err(|error| error.to_string())?,
    };
    let continued = response.status() == 206;
    let length = response.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(continued)
        .truncate(!continued)
        .open(part)
        .map_err(|error| format!("{}: {error}", part.display()))?;
    let bar = progress(url, length.unwrap_or(0));
    let mut reader = bar.wrap_read(response.body_mut().as_reader());
    let mut buffer = [0; 65_536];
    loop {
        let count = reader.read(&mut buffer).map_err(|error| error.to_string())?;
        if count == 0 {
            return Ok(());
        }
        file.write_all(&buffer[..count]).map_err(|error| format!("{}: {error}", part.display()))?;
    }
}

/// A part that is whole but wrong is removed, so that the next mirror starts afresh.
fn check(part: &Path, sha256: &str) -> Result<(), String> {
    let found = fs::read(part).map(|bytes| hex(&bytes)).map_err(|error| error.to_string())?;
    if found == sha256 {
        return Ok(());
    }
    let _ = fs::remove_file(part); // where it cannot be removed, the next attempt reports the same
    Err(format!("SHA-256 is {found}, expected {sha256}"))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn progress(url: &str, length: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        eprintln!("{url}: {length} bytes");
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left");
    let bar = ProgressBar::new(length).with_message(url.to_string());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Serves `content` at every path, with ranges; `None` is a 404. Returns the base address.
    fn serve(content: Option<&'static [u8]>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut start = None;
                for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                    let line = line.unwrap().to_lowercase();
                    if let Some(range) = line.strip_prefix("range: bytes=") {
                        start = range.trim_end_matches('-').parse::<usize>().ok();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                let (status, body) = match (content, start) {
                    (None, _) => ("404 Not Found", &b""[..]),
                    (Some(content), Some(start)) => ("206 Partial Content", &content[start..]),
                    (Some(content), None) => ("200 OK", content),
                };
                let header =
                    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                stream.write_all(header.as_bytes()).and_then(|()| stream.write_all(body)).unwrap();
            }
        });
        address
    }

    #[test]
    fn a_broken_off_download_is_continued() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f.part"), "hello").unwrap();
        let mirror = serve(Some(b"hello world"));
        fetch(folder.path(), "f", &hex(b"hello world"), &[&mirror]).unwrap();
        assert_eq!(fs::read(folder.path().join("f")).unwrap(), b"hello world");
        assert!(!folder.path().join("f.part").exists());
    }

    #[test]
    fn a_wrong_checksum_or_a_missing_file_goes_on_to_the_second_mirror() {
        for first in [Some(&b"something else"[..]), None] {
            let folder = tempfile::tempdir().unwrap();
            let mirrors = [serve(first), serve(Some(b"hello world"))];
            fetch(folder.path(), "f", &hex(b"hello world"), &[&mirrors[0], &mirrors[1]]).unwrap();
            assert_eq!(fs::read(folder.path().join("f")).unwrap(), b"hello world");
        }
    }

    #[test]
    fn a_file_that_no_mirror_has_names_the_reason_and_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let message = fetch(folder.path(), "f", "00", &[&serve(None)]).unwrap_err().to_string();
        assert!(message.contains("404") && message.contains("--data"), "{message}");
    }
}
