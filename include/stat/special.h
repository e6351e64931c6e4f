/* Quantiles of the normal, Student and chi-square distributions to nearly full double precision. */
#pragma once

/* All three solve ln(mass(x)/target) = 0 in ln x by Halley's method, for the smaller of the two
 * tails, or for the mass between the centre and x where both tails are large. The relative error is
 * about 1e-15, a few 1e-14 at worst, in tails of 1e-12 too. The masses come from
 *
 * - normal: erf and erfc;
 *
 * - Student: the power series of the incomplete beta function near the centre (Abramowitz and
 *   Stegun 1964, 26.5.4), its continued fraction in the tails (26.5.9);
 *
 * - chi-square: the power series and Legendre's continued fraction of the incomplete gamma function
 *   (DLMF 8.7.1, 8.9.2), and for shapes from 12 on Temme's uniform expansion as in Gil, Segura and
 *   Temme (2012), "Efficient and accurate algorithms for the computation and inversion of the
 *   incomplete gamma function ratios", SIAM J. Sci. Comput. 34, A2965. */

/* Standard normal density at x. */
double special_normal_density(double x);

/* Standard normal quantile; 0 < p < 1. */
double special_normal_quantile(double p);

/* Student t quantile; 0 < p < 1, df > 0 need not be whole (Satterthwaite). Infinite where a double
 * cannot hold it, which takes a df far below 1. */
double special_t_quantile(double p, double df);

/* Chi-square quantile; 0 < p < 1, df > 0 need not be whole. */
double special_chi2_quantile(double p, double df);
