module billing

go 1.12
