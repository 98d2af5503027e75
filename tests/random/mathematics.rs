//! The functions of numbers: bits, roots, powers, logarithms, angles.

use orm::prelude::*;

use crate::rng::Rng;
use crate::samples::{Sample, bits, real, told, with_samples};
use crate::support::suite;

suite! {
    fn bits_of_integers(db) {
        with_samples(db, |_, _| {}, |db, rng, rows| {
            told! { db, rows;
                Sample::small.bit_and(Sample::medium), |row| i32::from(row.small) & row.medium;
                Sample::medium.bit_or(Sample::small), |row| row.medium | i32::from(row.small);
                Sample::big.bit_xor(Sample::medium), |row| row.big ^ i64::from(row.medium);
                Sample::maybe.bit_and(Sample::big), |row| row.maybe.map(|maybe| maybe & row.big);
                Sample::medium.bit_xor(Sample::maybe), |row| row.maybe.map(|maybe| maybe ^ i64::from(row.medium));
                Sample::small.shl(Sample::places), |row| up(row.small.into(), row.places, 16) as i16;
                Sample::medium.shl(Sample::places), |row| up(row.medium.into(), row.places, 32) as i32;
                Sample::big.shl(Sample::places), |row| up(row.big, row.places, 64);
                Sample::small.shr(Sample::places), |row| down(row.small.into(), row.places) as i16;
                Sample::medium.shr(Sample::places), |row| down(row.medium.into(), row.places) as i32;
                Sample::maybe.shr(Sample::places), |row| row.maybe.map(|maybe| down(maybe, row.places));
            }
            for _ in 0..5 {
                let (small, big, far) = (bits(rng, 16) as i16, bits(rng, 64), rng.between(-2, 66) as i32);
                told! { db, rows;
                    Sample::small.bit_xor(small), |row| row.small ^ small;
                    Sample::big.bit_and(big), |row| row.big & big;
                    Sample::maybe.bit_or(big), |row| row.maybe.map(|maybe| maybe | big);
                    Sample::small.shl(far), |row| up(row.small.into(), far, 16) as i16;
                    Sample::medium.shl(far).bit_xor(Sample::medium.shr(far)),
                        |row| up(row.medium.into(), far, 32) as i32 ^ down(row.medium.into(), far) as i32;
                    Sample::big.shl(far).shr(far), |row| down(up(row.big, far, 64), far);
                }
            }
            Ok(())
        })?;
    }

    fn roots_powers_and_logarithms(db) {
        with_samples(db, with_few_bits, |db, rng, rows| {
            let number = |of: Decimal| of.to_string().parse::<f64>().expect("a number");
            told! { db, rows;
                Sample::real.sqrt(), |row| root(row.real);
                Sample::exact.sqrt(), |row| root(number(row.exact));
                Sample::medium.sqrt(), |row| root(row.medium.into());
                Sample::real.power(Sample::small), |row| power(row.real, row.small.into());
                Sample::other.power(Sample::real), |row| power(row.other?, row.real);
                Sample::small.power(Sample::other), |row| power(row.small.into(), row.other?);
                Sample::real.exp(), |row| row.real.exp();
                Sample::small.exp(), |row| f64::from(row.small).exp();
                Sample::other.ln(), |row| logarithm(row.other?);
                Sample::exact.ln(), |row| logarithm(number(row.exact));
                Sample::medium.ln(), |row| logarithm(row.medium.into());
                Sample::real.log(Sample::other), |row| to_base(row.real, row.other?);
                Sample::exact.log(10), |row| to_base(number(row.exact), 10.0);
                Sample::small.log(Sample::medium), |row| to_base(row.small.into(), row.medium.into());
                Sample::medium.modulo(Sample::small), |row| row.medium.checked_rem(row.small.into());
                Sample::maybe.modulo(Sample::medium), |row| row.maybe?.checked_rem(row.medium.into());
                Sample::exact.modulo(Sample::small), |row| row.exact.checked_rem(row.small.into());
            }
            for _ in 0..5 {
                let (exponent, base) = (rng.between(-4, 4) as f64, real(rng));
                told! { db, rows;
                    Sample::real.power(exponent), |row| power(row.real, exponent);
                    Sample::exact.power(exponent), |row| power(number(row.exact), exponent);
                    Sample::real.log(base), |row| to_base(row.real, base);
                    Sample::other.power(base), |row| power(row.other?, base);
                }
            }
            Ok(())
        })?;
    }

    fn angles(db) {
        with_samples(db, with_few_bits, |db, rng, rows| {
            let within = |of: f64| (-1.0..=1.0).contains(&of);
            told! { db, rows;
                Sample::real.sin(), |row| row.real.sin();
                Sample::other.cos(), |row| row.other.map(f64::cos);
                Sample::small.tan(), |row| f64::from(row.small).tan();
                Sample::real.cot(), |row| (row.real != 0.0).then(|| 1.0 / row.real.tan());
                Sample::small.cot(), |row| (row.small != 0).then(|| 1.0 / f64::from(row.small).tan());
                Sample::real.asin(), |row| within(row.real).then(|| row.real.asin());
                Sample::other.acos(), |row| row.other.filter(|of| within(*of)).map(f64::acos);
                Sample::real.atan(), |row| row.real.atan();
                Sample::big.atan(), |row| (row.big as f64).atan();
                Sample::real.atan2(Sample::other), |row| row.other.map(|other| row.real.atan2(other));
                Sample::small.atan2(Sample::real), |row| f64::from(row.small).atan2(row.real);
                Sample::real.degrees(), |row| row.real * 180.0 / std::f64::consts::PI;
                Sample::other.radians(), |row| row.other.map(|of| of * std::f64::consts::PI / 180.0);
                Sample::small.radians().sin(), |row| (f64::from(row.small) * std::f64::consts::PI / 180.0).sin();
            }
            let abscissa = real(rng);
            told! { db, rows;
                Sample::real.atan2(abscissa), |row| row.real.atan2(abscissa);
                pi() * Sample::real, |row| std::f64::consts::PI * row.real;
            }
            Ok(())
        })?;
    }
}

/// Integers of which the functions are no larger than a double.
fn with_few_bits(rng: &mut Rng, row: &mut Sample) {
    row.small = bits(rng, 6) as i16;
    row.medium = bits(rng, 12) as i32;
}

/// Moved up within so many bits, one by one.
fn up(of: i64, places: i32, width: u32) -> i64 {
    if places < 0 || places >= width as i32 {
        return 0;
    }
    let moved = (0..places).fold(of, |of, _| of.wrapping_mul(2));
    (moved << (64 - width)) >> (64 - width)
}

/// Moved down: the sign is left at last.
fn down(of: i64, places: i32) -> i64 {
    if !(0..64).contains(&places) {
        return if of < 0 { -1 } else { 0 };
    }
    (0..places).fold(of, |of, _| of.div_euclid(2))
}

fn root(of: f64) -> Option<f64> {
    (of >= 0.0).then(|| of.sqrt())
}

fn power(of: f64, exponent: f64) -> Option<f64> {
    let real = !(of < 0.0 && exponent.fract() != 0.0 || of == 0.0 && exponent < 0.0);
    real.then(|| of.powf(exponent))
}

fn logarithm(of: f64) -> Option<f64> {
    (of > 0.0).then(|| of.ln())
}

fn to_base(of: f64, base: f64) -> Option<f64> {
    (of > 0.0 && base > 0.0 && base != 1.0).then(|| of.ln() / base.ln())
}
