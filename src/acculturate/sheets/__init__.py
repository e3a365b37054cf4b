"""Sheets: data files (CSV, Excel, SPSS, Stata, Parquet), read column by column."""
