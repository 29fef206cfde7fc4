# Simulated competing risks with many tied days; Score of riskRegression and cindex of pec.
suppressMessages({library(riskRegression); library(pec); library(prodlim); library(survival)})
set.seed(20)
n <- 300
x <- rnorm(n)
t1 <- rexp(n, 0.02 * exp(0.8 * x)); t2 <- rexp(n, 0.01 * exp(-0.3 * x)); c <- runif(n, 5, 80)
make <- function(digits) {
  time <- if (digits == 0) ceiling(pmin(t1, t2, c)) else pmin(t1, t2, c)
  status <- ifelse(c < pmin(t1, t2), 0, ifelse(t1 < t2, 1, 2))
  data.frame(time, status, marker = round(plogis(0.7 * x), 2))
}
times <- c(10, 20, 30, 40)
out <- list(program = "R 4.2.2", riskRegression = as.character(packageVersion("riskRegression")),
            pec = as.character(packageVersion("pec")), times = times)
for (kind in c("tied", "untied")) {
  d <- make(if (kind == "tied") 0 else 9)
  risk <- outer(d$marker, times, function(m, t) round(1 - (1 - m * 0.9)^(t / 40), 6))
  s <- Score(list(m = risk), formula = Hist(time, status) ~ 1, data = d, cause = 1, times = times,
             metrics = c("AUC", "Brier"), summary = "ipa", cens.model = "km", conf.int = FALSE, se.fit = FALSE,
             null.model = TRUE)
  ci <- pec::cindex(list(m = risk), formula = Hist(time, status) ~ 1, data = d, cause = 1, eval.times = times,
                    pred.times = times, cens.model = "marginal", verbose = FALSE)
  write.csv(cbind(d, risk = risk), paste0(kind, ".csv"), row.names = FALSE)
  b <- s$Brier$score
  out[[kind]] <- list(auc = s$AUC$score$AUC, brier = b$Brier[b$model == "m"], null = b$Brier[b$model != "m"],
                      ipa = b$IPA[b$model == "m"], cindex = ci$AppCindex$m)
}
js <- function(x) if (is.list(x)) paste0("{", paste0('"', names(x), '": ', sapply(x, js), collapse = ",\n "), "}") else
  if (is.character(x)) paste0('"', x, '"') else paste0("[", paste(sprintf("%.15g", x), collapse = ", "), "]")
writeLines(js(out), "expected.json")
