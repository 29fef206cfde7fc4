//! Exponential and logarithm for the inner loops of the simulator: plain arithmetic on several numbers at once, which a
//! compiler can lay side by side, and which gives the same on every platform.

/// exp(-x) for each `x` from 0 up, within 1e-12 of the true value.
#[inline]
#[must_use]
pub fn exp_of_minus<const N: usize>(x: [f64; N]) -> [f64; N] {
    // -x = k ln 2 + r with |r| <= ln 2 / 2: adding and taking away 1.5 x 2^52 rounds to a whole number.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let least = x.map(|x| (-x).max(-700.0));
    let shifted = least.map(|x| x * std::f64::consts::LOG2_E + WHOLE);
    let mut r = [0.0; N];
    for i in 0..N {
        r[i] = least[i] - (shifted[i] - WHOLE) * std::f64::consts::LN_2;
    }
    // Taylor's series to the 11th power, even and odd powers apart, for each chain waits for its last step.
    let square = r.map(|r| r * r);
    let (mut even, mut odd) = ([1.0 / 3_628_800.0; N], [1.0 / 39_916_800.0; N]);
    for (a, b) in [
        (1.0 / 40_320.0, 1.0 / 362_880.0),
        (1.0 / 720.0, 1.0 / 5_040.0),
        (1.0 / 24.0, 1.0 / 120.0),
        (0.5, 1.0 / 6.0),
        (1.0, 1.0),
    ] {
        for i in 0..N {
            even[i] = even[i] * square[i] + a;
            odd[i] = odd[i] * square[i] + b;
        }
    }
    let mut out = [0.0; N];
    for i in 0..N {
        // The low bits of the shifted number hold k; 2^k is made of its exponent alone.
        let scale = f64::from_bits(shifted[i].to_bits().wrapping_add(1023) << 52);
        out[i] = (even[i] + r[i] * odd[i]) * scale;
    }
    out
}

/// ln(1 + x) for each `x` from 0 up to 1e300, within 1e-12 of the true value.
#[inline]
#[must_use]
pub fn ln_of_one_plus<const N: usize>(x: [f64; N]) -> [f64; N] {
    // 1 + x = 2^k m with m from sqrt(1/2) to sqrt(2); ln m = 2 artanh((m - 1) / (m + 1)).
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    // 2^52 and, above it, 2^52 + k as a number: its low bits are k.
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    let bits = x.map(|x| (1.0 + x).to_bits().wrapping_sub(ROOT_HALF));
    let k = bits.map(|bits| f64::from_bits(TWO_52 | bits >> 52) - f64::from_bits(TWO_52));
    let s = bits.map(|bits| {
        let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF));
        (m - 1.0) / (m + 1.0)
    });
    let square = s.map(|s| s * s);
    let mut sum = [1.0 / 17.0; N];
    for divisor in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        for i in 0..N {
            sum[i] = sum[i] * square[i] + 1.0 / divisor;
        }
    }
    let mut out = [0.0; N];
    for i in 0..N {
        out[i] = 2.0 * s[i] * sum[i] + k[i] * std::f64::consts::LN_2;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{exp_of_minus, ln_of_one_plus};

    #[test]
    fn both_agree_with_the_standard_library() {
        for i in 0..200_000 {
            let x = f64::from(i).powi(3) * 1e-13;
            let [one, other] = exp_of_minus([x, x / 3.0]);
            assert!((one - (-x).exp()).abs() < 1e-12 && (other - (-x / 3.0).exp()).abs() < 1e-12, "{x}");
            let [one, other] = ln_of_one_plus([x, x / 3.0]);
            assert!((one - x.ln_1p()).abs() < 1e-12 && (other - (x / 3.0).ln_1p()).abs() < 1e-12, "{x}");
        }
        let [one, none] = exp_of_minus([0.0, 1e9]);
        assert!((one - 1.0).abs() < 1e-15 && none < 1e-300);
        assert!((ln_of_one_plus([1e200])[0] - 1e200_f64.ln()).abs() < 1e-12);
    }
}
