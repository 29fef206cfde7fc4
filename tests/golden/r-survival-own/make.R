# Simulated spells with many ties, late entry, households, two causes and weights; and what R finds in them.
# Run in this folder: Rscript make.R
library(survival)
library(cmprsk)
library(jsonlite)
set.seed(20240611)
n <- 400
house <- sample(150, n, TRUE)
shared <- rexp(150)[house]
group <- sample(0:2, n, TRUE)
late <- runif(n) < 0.3
entry <- ifelse(late, sample(1:8, n, TRUE), 0)
gap <- ceiling(rexp(n, 0.05 * (0.5 + shared) * (1 + 0.3 * group)))
exit <- pmin(entry + gap, 40)
cause <- ifelse(exit == 40, 0, sample(0:2, n, TRUE, c(0.3, 0.4, 0.3)))
weight <- sample(0:3, n, TRUE)
d <- data.frame(entry, exit, cause, house, group, weight, child = sample(220, n, TRUE))
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)

ts <- c(3, 8, 15, 30)
out <- list(tool = paste("R", getRversion(), "survival", packageVersion("survival"), "cmprsk", packageVersion("cmprsk")), times = ts)
km <- survfit(Surv(entry, exit, cause > 0) ~ 1, d)
s <- summary(km, times = ts)
out$km <- list(surv = s$surv, se = s$std.err, n_event = diff(c(0, sapply(ts, function(t) sum(km$n.event[km$time <= t])))))
for (type in c("plain", "log", "log-log", "logit", "arcsin")) {
  f <- survfit(Surv(entry, exit, cause > 0) ~ 1, d, conf.type = type)
  a <- summary(f, times = ts)
  q <- quantile(f, c(0.25, 0.5, 0.75))
  out$km_intervals[[type]] <- list(lower = a$lower, upper = a$upper, quantile = unname(q$quantile), q_lower = unname(q$lower), q_upper = unname(q$upper))
}
w <- d[d$weight > 0, ]
w$row <- seq_len(nrow(w))
s <- summary(survfit(Surv(entry, exit, cause > 0) ~ 1, w[rep(seq_len(nrow(w)), w$weight), ]), times = ts)
out$km_weighted <- list(surv = s$surv, se = s$std.err)
f <- survfit(Surv(entry, exit, cause == 1) ~ 1, d)
s <- summary(f, times = ts)
out$nelson_aalen <- list(cumhaz = s$cumhaz, se = s$std.chaz)
out$one_minus_km <- list(value = 1 - s$surv, se = s$std.err)

d$row <- seq_len(n)
alone <- survfit(Surv(entry, exit, factor(cause, 0:2)) ~ 1, d, id = row)
f <- alone
s <- summary(f, times = ts)
out$aj <- list(pstate = s$pstate, se = s$std.err, lower = s$lower, upper = s$upper)
# survfit 3.5-3 with several states does not use cluster: its standard errors are those of rows. So by household from its residuals;
# for the event-free share these are checked below against survfit with one kind of event, which does use it.
grouped <- function(r, house) apply(r, c(2, 3), function(x) sqrt(sum(rowsum(x, house)^2)))
out$aj_household <- list(se = unname(grouped(residuals(alone, times = ts, type = "pstate"), d$house)))
f <- survfit(Surv(exit, factor(cause, 0:2)) ~ 1, d)
s <- summary(f, times = ts)
out$aj_household_start <- list(pstate = s$pstate, se = unname(grouped(residuals(f, times = ts, type = "pstate"), d$house)))
one <- summary(survfit(Surv(exit, cause > 0) ~ 1, d, cluster = house), times = ts)
stopifnot(all.equal(one$std.err, out$aj_household_start$se[, 1]))
r <- residuals(alone, times = ts, type = "pstate")
out$influence <- list(rows = 1:12, cause1 = r[1:12, , 2], cause2 = r[1:12, , 3], free = r[1:12, , 1])
f <- survfit(Surv(exit, factor(cause, 0:2)) ~ 1, w, weights = weight)
s <- summary(f, times = ts)
r <- residuals(f, times = ts, type = "pstate", weighted = TRUE)
out$aj_weighted_household <- list(pstate = s$pstate, se = unname(grouped(r, w$house)))
one <- summary(survfit(Surv(exit, cause > 0) ~ 1, w, cluster = house, weights = weight), times = ts)
stopifnot(all.equal(one$std.err, out$aj_weighted_household$se[, 1]))

ro <- residuals(alone, times = c(15, 30), type = "sojourn")
by_house <- apply(ro, c(2, 3), function(x) sqrt(sum(rowsum(x, d$house)^2)))
f <- alone
area <- function(k, tau) { t <- c(0, f$time[f$time < tau], tau); p <- c(c(1, 0, 0)[k], f$pstate[f$time < tau, k]); sum(p * diff(t)) }
out$lost <- list(tau = c(15, 30), free = c(area(1, 15), area(1, 30)), cause1 = c(area(2, 15), area(2, 30)), cause2 = c(area(3, 15), area(3, 30)), se_household = by_house)

# Tests take rows from the start: entries are left out.
lr <- survdiff(Surv(exit, cause == 1) ~ group, d)
pe <- survdiff(Surv(exit, cause == 1) ~ group, d, rho = 1)
out$log_rank <- list(chisq = lr$chisq, observed = lr$obs, expected = lr$exp, variance = lr$var, peto = pe$chisq)
ci <- cuminc(d$exit, d$cause, d$group)
out$gray <- list(stat = unname(ci$Tests[, 1]), p = unname(ci$Tests[, 2]), df = unname(ci$Tests[, 3]))
two <- cuminc(d$exit[d$group < 2], d$cause[d$group < 2], d$group[d$group < 2])
out$gray_two <- list(stat = unname(two$Tests[, 1]))
ww <- w[rep(seq_len(nrow(w)), w$weight), ]
out$gray_weighted <- list(stat = unname(cuminc(ww$exit, ww$cause, ww$group)$Tests[, 1]))
all <- timepoints(cuminc(d$exit, d$cause), ts)
out$cuminc <- list(est = unname(all$est), var = unname(all$var))

# Difference of groups at 15: the influences of each group's own estimate, summed by household, together.
v <- matrix(0, 150, 3)
p <- numeric(3)
for (g in 0:2) {
  e <- d[d$group == g, ]
  f <- survfit(Surv(entry, exit, factor(cause, 0:2)) ~ 1, e, id = row)
  r <- rowsum(residuals(f, times = 15, type = "pstate")[, 2], e$house)
  v[as.integer(rownames(r)), g + 1] <- r
  p[g + 1] <- summary(f, times = 15)$pstate[2]
}
k <- rbind(c(-1, 1, 0), c(-1, 0, 1))
out$difference <- list(value = p, covariance = crossprod(v), chisq = c(t(k %*% p) %*% solve(k %*% crossprod(v) %*% t(k)) %*% (k %*% p)))

# Counts of events per child, rows as start-stop spells.
f <- survfit(Surv(entry, exit, cause == 1) ~ 1, d, cluster = child)
s <- summary(f, times = ts)
out$mean_count <- list(cumhaz = s$cumhaz, se = s$std.chaz)
# With the second cause as an end: the sum over times of the share left times the rise of the count, and its jackknife by child.
count <- function(w) {
  mu <- 0; free <- 1; res <- numeric(length(ts))
  for (u in sort(unique(d$exit[d$cause > 0]))) {
    y <- sum(w[d$entry < u & d$exit >= u])
    mu <- mu + free * sum(w[d$exit == u & d$cause == 1]) / y
    free <- free * (1 - sum(w[d$exit == u & d$cause == 2]) / y)
    res[ts >= u] <- mu
  }
  res
}
slope <- sapply(unique(d$child), function(c) { e <- 1e-4; h <- d$child == c; (count(1 + e * h) - count(1 - e * h)) / (2 * e) })
out$mean_count_until <- list(value = count(rep(1, n)), se = sqrt(rowSums(slope^2)))
write_json(out, "expected.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
