# Own golden: simulated rows with ties, delayed entry, weights, strata and clusters; R survival and glmnet.
suppressMessages({library(survival); library(glmnet); library(jsonlite)})
set.seed(20240501)
n <- 300
d <- data.frame(id = rep(1:150, each = 2), a = round(rnorm(n), 3), b = rbinom(n, 1, .4), c = round(runif(n), 3),
                weight = sample(c(.5, 1, 2, 3), n, TRUE), stratum = sample(1:3, n, TRUE))
d$start <- sample(0:5, n, TRUE)
d$stop <- d$start + 1 + pmin(floor(rexp(n, .12 * exp(.5 * d$a - .4 * d$b))), 25)
d$event <- rbinom(n, 1, .7)
write.csv(d, "data.csv", row.names = FALSE)
out <- list(program = "R survival, glmnet", versions = list(R = R.version.string,
  survival = as.character(packageVersion("survival")), glmnet = as.character(packageVersion("glmnet"))))
for (ties in c("efron", "breslow")) {
  f <- coxph(Surv(start, stop, event) ~ a + b + c + strata(stratum), d, weights = weight, cluster = id, ties = ties,
             control = coxph.control(eps = 1e-13, toler.chol = 1e-14))
  o <- list(coef = unname(coef(f)), se_naive = unname(sqrt(diag(f$naive.var))), se_robust = unname(sqrt(diag(f$var))), loglik = f$loglik)
  g <- coxph(Surv(start, stop, event) ~ a + b + c + strata(stratum), d, weights = weight, ties = ties, robust = FALSE,
             control = coxph.control(eps = 1e-13, toler.chol = 1e-14))
  for (t in c("km", "rank", "identity", "log")) o[[paste0("zph_", t)]] <- unname(cox.zph(g, transform = t)$table[, 1])
  out[[ties]] <- o
}
e <- coxph(Surv(start, stop, event) ~ a + b + c, d[1:80, ], ties = "exact", control = coxph.control(eps = 1e-13))
out$exact80 <- list(coef = unname(coef(e)), se = unname(sqrt(diag(e$var))), loglik = e$loglik)
# Right-censored from 0, every row at risk at the first event (the shortest time is an event).
d$event[which.min(d$stop)] <- 1
s <- d$stop; s[s == min(s)] <- min(s); ev <- d$event; ev[s == min(s)] <- 1
x <- as.matrix(d[, c("a", "b", "c")])
l <- c(.1, .03, .01, .001)
p <- glmnet(x, Surv(s, ev), family = "cox", weights = d$weight, alpha = .8, lambda = l, thresh = 1e-15, maxit = 1e7)
out$glmnet <- list(alpha = .8, lambda = l, coef = unname(t(as.matrix(coef(p)))))
out$lambda_max <- glmnet(x, Surv(s, ev), family = "cox", weights = d$weight, alpha = .8)$lambda[1]
write(toJSON(out, digits = 15, auto_unbox = TRUE), "expected.json")
