//! What is refused before any SQL: texts and decimals that do not fit their column. All problems of a row are told at once.

use rust_decimal::Decimal;

use crate::error::{Error, FieldError, Result};
use crate::schema::{FieldSchema, ModelSchema};
use crate::value::Value;

/// What is wrong with the values of one row; nothing, usually.
#[derive(Default)]
pub(super) struct Problems(Vec<FieldError>);

impl Problems {
    /// Checks a value against its column; a decimal gets as many digits behind the point as the column has.
    pub(super) fn fit(&mut self, field: &'static FieldSchema, value: &mut Value) {
        if let Err(message) = fit(field, value) {
            self.add(field, message);
        }
    }

    /// Notes what is wrong with a field.
    #[cold]
    pub(super) fn add(&mut self, field: &'static FieldSchema, message: impl Into<String>) {
        self.0.push(FieldError::new(field.name, message));
    }

    /// All that is wrong, as one error.
    pub(super) fn into_result(self, model: &'static ModelSchema) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Error::Validation {
            model: model.name,
            errors: self.0,
        })
    }
}

fn fit(field: &'static FieldSchema, value: &mut Value) -> std::result::Result<(), String> {
    match value {
        Value::Null if !field.nullable && !field.database_fills() => {
            Err("it cannot be NULL".to_owned())
        }
        Value::Text(text) => fit_text(text, field.options.max_length),
        Value::Enum(text) => fit_text(text, field.options.max_length),
        Value::Decimal(decimal) => match (field.options.max_digits, field.options.decimal_places) {
            (None, None) => Ok(()),
            (digits, places) => fit_decimal(decimal, digits, places),
        },
        _ => Ok(()),
    }
}

fn fit_text(text: &str, most: Option<u32>) -> std::result::Result<(), String> {
    match most {
        Some(most) if text.len() > most as usize && text.chars().count() > most as usize => {
            Err(format!("longer than {most} characters"))
        }
        _ => Ok(()),
    }
}

fn fit_decimal(
    value: &mut Decimal,
    digits: Option<u32>,
    places: Option<u32>,
) -> std::result::Result<(), String> {
    let plain = value.normalize();
    if let Some(places) = places.filter(|places| plain.scale() > *places) {
        return Err(format!("more than {places} digits behind the point"));
    }
    if let Some(digits) = digits {
        // The digits before the point must fit beside those that the column has behind it.
        let room = digits.saturating_sub(places.unwrap_or(0));
        let whole = plain.trunc().abs().mantissa();
        let before = whole.checked_ilog10().map_or(0, |log| log + 1);
        if before > room {
            return Err(format!("more than {room} digits before the point"));
        }
    }
    if let Some(places) = places {
        value.rescale(places);
    }
    Ok(())
}
