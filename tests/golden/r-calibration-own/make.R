# Simulated rows; AJ, robust SE, pseudo-values by survival; slope by geepack::geese (van Geloven et al. 2022).
suppressMessages({library(survival); library(geepack); library(jsonlite)})
set.seed(20261128); n <- 300
household <- rep(1:150, each = 2); rate <- 0.1 + 1.2 * runif(n)
e <- rexp(n, rate); o <- rexp(n, 0.25); c <- runif(n, 0.3, 2.3)
exit <- ceiling(pmin(e, o, c) * 20) / 20
cause <- ifelse(e <= pmin(o, c), 1, ifelse(o <= c, 2, 0))
p <- round(rate / (rate + 0.25) * (1 - exp(-(rate + 0.25))) * 0.9, 6)
d <- data.frame(exit, cause, p, household)
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)
d$id <- 1:n
d$state <- factor(d$cause, 0:2, c("censor", "one", "two"))
f <- survfit(Surv(exit, state) ~ 1, data = d, id = id)
s1 <- summary(f, times = 1); k <- which(f$states == "one")
# survfit with both id and cluster gives the variance by id here: sum the residuals by household instead.
r <- residuals(f, times = 1); r <- if (length(dim(r)) == 3) r[, k, 1] else r[, k]
pv <- pseudo(f, times = 1); pv <- if (is.matrix(pv)) pv[, k] else pv
d$pv <- as.numeric(pv); d$x <- log(-log(1 - d$p))
g <- function(fm) geese(fm, data = d, id = household, scale.fix = TRUE, family = gaussian, mean.link = "cloglog",
                        corstr = "independence", control = geese.control(epsilon = 1e-12, maxit = 200))
a <- g(pv ~ offset(x)); b <- g(pv ~ x)
out <- list(program = paste(R.version.string, "survival", packageVersion("survival"), "geepack", packageVersion("geepack")),
  incidence = s1$pstate[1, k], se_robust = sqrt(sum(rowsum(r, household)^2)), se_rows = s1$std.err[1, k], pseudo = d$pv,
  intercept = unname(a$beta), intercept_se = sqrt(a$vbeta[1, 1]),
  slope = unname(b$beta), slope_se = sqrt(diag(b$vbeta)))
write(toJSON(out, digits = 14, auto_unbox = TRUE), "expected.json")
