//! Whether a survey of workers would have met somebody concerned who says so.

/// Detection of a survey of n workers, share q concerned, each telling it with probability r: `1 - (1 - q r)^n`, in [0, 1].
///
/// ```
/// // 60 asked, 5 % concerned, half of them tell it.
/// assert!((onus::measures::survey_detection(60.0, 0.05, 0.5).unwrap() - 0.781_084).abs() < 5e-7);
/// assert_eq!(onus::measures::survey_detection(0.0, 0.05, 0.5), Some(0.0));
/// ```
pub fn survey_detection(asked: f64, share_concerned: f64, disclosure: f64) -> Option<f64> {
    let fraction = |x: f64| (0.0..=1.0).contains(&x).then_some(x);
    let heard = fraction(share_concerned)? * fraction(disclosure)?;
    super::figure(asked).map(|n| 1.0 - (1.0 - heard).powf(n))
}
