# Own golden of competing risks on simulated rows: discrete-time multinomial, cause-specific Cox with Aalen-Johansen,
# Fine-Gray. Run in this folder: Rscript make.R
suppressMessages({library(survival); library(cmprsk); library(nnet); library(VGAM); library(jsonlite)})
set.seed(20261128)
n <- 500
a <- round(rnorm(n), 3); b <- rbinom(n, 1, 0.4); group <- rbinom(n, 1, 0.5)
t1 <- rexp(n, exp(-5.0 + 0.6 * a - 0.3 * b)); t2 <- rexp(n, exp(-4.8 - 0.4 * a + 0.5 * b))
cens <- ifelse(group == 1, runif(n, 5, 200), runif(n, 20, 400))
# whole days (many ties), after which some are seen only from a later day
time <- pmax(1, ceiling(pmin(t1, t2, cens)))
cause <- ifelse(cens < pmin(t1, t2), 0, ifelse(t1 < t2, 1, 2))
entry <- ifelse(runif(n) < 0.3, floor(runif(n, 0, 40)), 0); entry <- ifelse(entry < time, entry, 0)
home <- sample(1:120, n, replace = TRUE); weight <- sample(0:3, n, replace = TRUE)
d <- data.frame(a, b, group, home, weight, entry, time, cause)
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)
out <- list(program = R.version.string, versions = sapply(c("survival", "cmprsk", "nnet", "VGAM"), function(p) as.character(packageVersion(p))))

# person-periods written out by loops
bounds <- c(0, 10, 20, 40, 70, 120); J <- length(bounds) - 1
long <- do.call(rbind, lapply(1:n, function(i) { l <- NULL
  for (j in 1:J) { if (d$entry[i] > bounds[j] || d$time[i] <= bounds[j]) next
    inside <- d$time[i] <= bounds[j + 1]
    if (inside && d$cause[i] == 0 && d$time[i] < bounds[j + 1]) next
    l <- rbind(l, c(row = i, period = j, y = if (inside) d$cause[i] else 0)) }
  l }))
long <- as.data.frame(long); long$a <- d$a[long$row]; long$b <- d$b[long$row]; long$w <- d$weight[long$row]; long$g <- long$period - 1
out$bounds <- bounds; out$person_periods <- nrow(long)
long$period <- factor(long$period); y <- factor(long$y)
fv <- vglm(y ~ 0 + period + a + b, multinomial(refLevel = 1), data = long, epsilon = 1e-12, maxit = 100)
co <- coef(fv, matrix.out = TRUE)
out$multinomial <- list(alpha = t(unname(co[1:J, ])), beta = t(unname(co[J + 1:2, ])), loglik = logLik(fv))
fw <- vglm(y ~ 0 + period + a + b + I(a * g), multinomial(refLevel = 1), data = long, weights = w, subset = w > 0, epsilon = 1e-12, maxit = 100)
cw <- coef(fw, matrix.out = TRUE)
out$multinomial_varying_weighted <- list(alpha = t(unname(cw[1:J, ])), beta = t(unname(cw[J + 1:2, ])), gamma = t(unname(cw[J + 3, , drop = FALSE])), loglik = logLik(fw))
fm <- multinom(y ~ 0 + period + a + b, data = long, trace = FALSE, reltol = 1e-15, abstol = 1e-12, maxit = 1000)
out$nnet <- list(beta = unname(coef(fm)[, J + 1:2]), loglik = as.numeric(logLik(fm)))
y1 <- as.integer(long$y == 1)
fg <- glm(y1 ~ 0 + factor(period) + a + b, binomial, data = long, epsilon = 1e-14, maxit = 100)
out$one_cause <- list(alpha = unname(coef(fg)[1:J]), beta = unname(coef(fg)[J + 1:2]), loglik = as.numeric(logLik(fg)))
h <- predict(fv, data.frame(period = factor(1:J), a = 0.7, b = 1), type = "response")[, 2:3]
S <- 1; C <- c(0, 0); cif <- NULL; free <- NULL
for (j in 1:J) { C <- C + S * h[j, ]; S <- S * (1 - sum(h[j, ])); cif <- rbind(cif, unname(C)); free <- c(free, S) }
out$curves <- list(a = 0.7, b = 1, cif = cif, free = unname(free))

# cause-specific Cox, all seen from 0, Aalen-Johansen by exponential increments and by product increments
times <- c(10, 40, 100, 200)
new <- data.frame(a = c(0.7, -1.2), b = c(1, 0))
cs <- list(times = times, causes = list())
for (k in 1:2) { f <- coxph(Surv(time, cause == k) ~ a + b, data = d, ties = "efron", control = coxph.control(eps = 1e-13, toler.chol = 1e-14))
  bh <- basehaz(f, centered = FALSE)
  cs$causes[[k]] <- list(coef = unname(coef(f)), loglik = f$loglik[2], time = bh$time, increment = diff(c(0, bh$hazard))) }
for (kind in c("exponential", "product")) { res <- array(0, c(2, 3, length(times)))
  for (i in 1:2) { r <- sapply(1:2, function(k) exp(sum(cs$causes[[k]]$coef * unlist(new[i, ])))); S <- 1; C <- c(0, 0); tt <- cs$causes[[1]]$time
    for (j in seq_along(tt)) { h <- sapply(1:2, function(k) cs$causes[[k]]$increment[j] * r[k]); s <- sum(h)
      dC <- if (kind == "product") S * h else if (s > 0) S * (1 - exp(-s)) * h / s else c(0, 0)
      C <- C + dC; S <- S - sum(dC)
      last <- c(tt[-1], Inf)[j]; for (m in which(times >= tt[j] & times < last)) res[i, , m] <- c(S, C) } }
  cs[[kind]] <- lapply(1:2, function(i) res[i, , ]) }
# R's own multi-state curve, which takes exponential increments: ctype = 1 as Efron increments of that version are wrong
d$id <- 1:n; d$e <- factor(d$cause, 0:2)
fms <- coxph(Surv(rep(0, n), time, e) ~ a + b, data = d, id = id); sm <- survfit(fms, newdata = new, ctype = 1)
im <- sapply(times, function(t) max(which(sm$time <= t)))
cs$multistate <- list(time = sm$time, hazard = lapply(1:2, function(k) diff(c(0, sm$cumhaz[, 1, k]))), pstate = sm$pstate[im, 1, ])
out$cause_specific <- cs

# Fine-Gray
fgs <- function(code, ...) { f <- crr(d$time, d$cause, as.matrix(d[, c("a", "b")]), failcode = code, gtol = 1e-12, maxiter = 50, ...)
  p <- predict(f, rbind(c(0.7, 1), c(-1.2, 0))); i <- sapply(times, function(t) max(which(p[, 1] <= t)))
  list(coef = unname(f$coef), se = unname(sqrt(diag(f$var))), loglik = f$loglik, null = f$loglik.null, cif = t(p[i, 2:3])) }
out$fine_gray <- list(one = fgs(1), two = fgs(2), one_grouped = fgs(1, cengroup = d$group), two_grouped = fgs(2, cengroup = d$group))
e <- d[rep(1:n, d$weight), ]
fe <- crr(e$time, e$cause, as.matrix(e[, c("a", "b")]), failcode = 1, gtol = 1e-12, maxiter = 50)
out$fine_gray$one_weighted <- list(coef = unname(fe$coef), se = unname(sqrt(diag(fe$var))), loglik = fe$loglik)
write_json(out, "expected.json", auto_unbox = TRUE, digits = NA, pretty = FALSE)
cat(nrow(long), table(d$cause), table(long$y, long$period), "\n")
