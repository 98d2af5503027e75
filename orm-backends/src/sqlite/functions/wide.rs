//! Whole numbers of 512 bits: what the squares of the longest decimals come to, of all rows that a table can have.

/// The number of limbs.
const LIMBS: usize = 8;

/// A number, the lowest limb first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wide([u64; LIMBS]);

impl From<u128> for Wide {
    fn from(number: u128) -> Self {
        let mut limbs = [0; LIMBS];
        limbs[0] = low(number);
        limbs[1] = low(number >> 64);
        Self(limbs)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
const fn low(number: u128) -> u64 {
    number as u64
}

impl Wide {
    pub(super) const ZERO: Self = Self([0; LIMBS]);

    /// The sum; `None` where it is too large.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let mut sum = self;
        let mut carry = false;
        for (limb, other) in sum.0.iter_mut().zip(other.0) {
            let (first, over) = limb.overflowing_add(other);
            let (second, again) = first.overflowing_add(u64::from(carry));
            (*limb, carry) = (second, over || again);
        }
        (!carry).then_some(sum)
    }

    /// The difference; `None` where the other is the larger one.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let mut difference = self;
        let mut borrow = false;
        for (limb, other) in difference.0.iter_mut().zip(other.0) {
            let (first, under) = limb.overflowing_sub(other);
            let (second, again) = first.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (second, under || again);
        }
        (!borrow).then_some(difference)
    }

    /// The product; `None` where it is too large.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let mut product = Self::ZERO;
        for (at, limb) in self.0.into_iter().enumerate().filter(|(_, limb)| *limb > 0) {
            let mut carry = 0;
            for (by, other) in other.0.into_iter().enumerate() {
                let Some(place) = product.0.get_mut(at + by) else {
                    if other > 0 || carry > 0 {
                        return None;
                    }
                    continue;
                };
                let sum = u128::from(limb) * u128::from(other) + u128::from(*place) + carry;
                *place = low(sum);
                carry = sum >> 64;
            }
            if carry > 0 {
                return None;
            }
        }
        Some(product)
    }

    /// The product with a power of ten; `None` where it is too large.
    pub(super) fn times_ten_to(self, mut power: u32) -> Option<Self> {
        let mut product = self;
        while power > 0 {
            let step = power.min(19);
            product = product.times(Self::from(10_u128.pow(step)))?;
            power -= step;
        }
        Some(product)
    }

    /// The decimal digits, the highest first; none of zero.
    pub(super) fn digits(mut self) -> Vec<u8> {
        let mut digits = Vec::new();
        while self != Self::ZERO {
            let mut rest = 0_u128;
            for limb in self.0.iter_mut().rev() {
                let part = (rest << 64) | u128::from(*limb);
                *limb = low(part / BASE);
                rest = part % BASE;
            }
            for _ in 0..19 {
                digits.push(u8::try_from(rest % 10).unwrap_or(0));
                rest /= 10;
            }
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        digits.reverse();
        digits
    }
}

/// The largest power of ten in a limb.
const BASE: u128 = 10_u128.pow(19);

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: Wide) -> String {
        of.digits()
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }

    #[test]
    fn arithmetic_of_long_numbers() {
        let long = Wide::from(u128::MAX);
        let square = long.times(long).unwrap();
        assert_eq!(
            text(square),
            "115792089237316195423570985008687907852589419931798687112530834793049593217025"
        );
        assert_eq!(square.minus(square), Some(Wide::ZERO));
        assert_eq!(Wide::ZERO.minus(long), None);
        assert_eq!(
            text(long.plus(Wide::from(1)).unwrap()),
            "340282366920938463463374607431768211456"
        );
        assert_eq!(
            text(Wide::from(7).times_ten_to(40).unwrap()),
            format!("7{}", "0".repeat(40))
        );
        let largest = square.times(square).unwrap();
        assert!(largest.times(Wide::from(3)).is_none());
        assert!(largest.times(long).is_none() && largest.plus(largest).is_none());
        assert_eq!(text(Wide::ZERO), "");
    }
}
