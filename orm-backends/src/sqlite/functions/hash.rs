//! Hashes of texts, in hexadecimal digits.

use md5::Md5;
use rusqlite::{Connection, Result};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::scalar;
use super::text::argument;

/// Registers `orm_md5` and `orm_sha1 224 256 384 512`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    hash::<Md5>(connection, "orm_md5")?;
    hash::<Sha1>(connection, "orm_sha1")?;
    hash::<Sha224>(connection, "orm_sha224")?;
    hash::<Sha256>(connection, "orm_sha256")?;
    hash::<Sha384>(connection, "orm_sha384")?;
    hash::<Sha512>(connection, "orm_sha512")
}

fn hash<D: Digest>(connection: &Connection, name: &'static str) -> Result<()> {
    scalar(connection, name, 1, |context| {
        Ok(argument(context, 0)?.map(|text| digits(D::digest(text).as_ref())))
    })
}

fn digits(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    let pairs = bytes.iter();
    pairs
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::value;

    #[test]
    fn hashes_are_those_that_everyone_knows() {
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(
            value("orm_md5('')"),
            text("d41d8cd98f00b204e9800998ecf8427e")
        );
        assert_eq!(
            value("orm_sha1('abc')"),
            text("a9993e364706816aba3e25717850c26c9cd0d89d")
        );
        assert_eq!(
            value("substr(orm_sha256('abc'), 1, 16)"),
            text("ba7816bf8f01cfea")
        );
        assert_eq!(value("length(orm_sha512('é'))"), Value::Integer(128));
        assert_eq!(value("orm_sha224(NULL)"), Value::Null);
    }
}
